#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <thread>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace retrograd::tests {

namespace {
constexpr std::int64_t kBig = 1 << 20;                          // floats, a size class of its own: 4 MiB
constexpr std::int64_t kBlock = 4 * kBig + detail::kBlockHead;  // and what it takes
}  // namespace

TEST_CASE("memory counts what is live and what is pooled") {
  release_pooled();
  const Memory before = memory();
  Tensor x = zeros({kBig});
  CHECK(memory().live_bytes - before.live_bytes == kBlock);
  CHECK(memory().live_blocks - before.live_blocks == 1);
  CHECK(memory().pooled_bytes == before.pooled_bytes);
  x = Tensor();
  CHECK(memory().live_bytes == before.live_bytes);
  CHECK(memory().pooled_bytes - before.pooled_bytes == kBlock);
  CHECK(release_pooled() >= kBlock);
  CHECK(memory().pooled_bytes <= before.pooled_bytes);
}

TEST_CASE("the peak is the most that was live at once, and starts over where it is reset") {
  release_pooled();
  reset_peak();
  const std::int64_t before = memory().peak_bytes;
  { const Tensor x = zeros({kBig}), y = zeros({kBig}); }
  CHECK(memory().peak_bytes - before == 2 * kBlock);
  for (int i = 0; i < 3; ++i) const Tensor x = zeros({kBig});  // out of what is pooled
  CHECK(memory().peak_bytes - before == 2 * kBlock);
  reset_peak();
  CHECK(memory().peak_bytes == before);
  CHECK(memory().pooled_bytes >= 2 * kBlock);
  for (int i = 0; i < 3; ++i) const Tensor x = zeros({kBig});
  CHECK(memory().peak_bytes - before == kBlock);
  {
    const Tensor x = zeros({kBig}), y = zeros({kBig}), z = zeros({kBig});
    CHECK(memory().peak_bytes - before == 3 * kBlock);
    CHECK(memory().live_bytes <= memory().peak_bytes);
  }
  release_pooled();
  CHECK(memory().peak_bytes - before == 3 * kBlock);  // giving memory back does not change what was needed
}

TEST_CASE("memory counts over all threads, and what a thread has left behind") {
  const Memory before = memory();
  Tensor x;
  std::thread([&] { x = zeros({kBig}); }).join();
  CHECK(memory().live_bytes - before.live_bytes == kBlock);
  x = Tensor();
  release_pooled();
  CHECK(memory().live_bytes == before.live_bytes);
}

TEST_CASE("memory counts the nodes that still have rules") {
  const std::int64_t before = memory().live_nodes;
  const Tensor x = ones({3});
  Tape tape;
  tape.watch(x);
  const Tensor y = sum(x * x);
  CHECK(memory().live_nodes - before == 3);  // watch, mul, sum
  std::thread([&] { CHECK(memory().live_nodes == 0); }).join();
  tape.gradients(y);
  CHECK(memory().live_nodes == before);
}

TEST_CASE("memory prints as one line") {
  CHECK(fmt::format("{}", Memory{.live_bytes = 1258291,
                                 .pooled_bytes = 512 << 10,
                                 .peak_bytes = 3565158,
                                 .live_blocks = 57,
                                 .live_nodes = 12}) ==
        "1.20 MiB live in 57 blocks, 512 KiB pooled, peak 3.40 MiB, 12 nodes on tapes");
  CHECK(detail::bytes_text(0) == "0 B");
  CHECK(detail::bytes_text(1023) == "1023 B");
  CHECK(detail::bytes_text(1024) == "1.00 KiB");
  CHECK(detail::bytes_text((1 << 20) - 1) == "1.00 MiB");
  CHECK(detail::bytes_text(INT64_MAX) == "8.00 EiB");
}

TEST_CASE("activations in front of frozen weights are not kept") {
  const Tensor x = ones({64, 64}), w = full({64, 64}, 1.0 / 64), bias = zeros({64});
  const Tensor image = ones({1, 4, 16, 16}), filter = ones({4, 4, 1, 1});
  const auto kept = [](const Tensor& from, auto layer) {
    const auto before = memory().live_bytes;
    Tape tape;
    tape.watch(from);
    Tensor h = from;
    for (int i = 0; i < 8; ++i) h = layer(h);
    return memory().live_bytes - before;
  };
  const std::int64_t one = 64 * 64 * 4;
  CHECK(kept(x, [&](const Tensor& h) { return matmul(h, w); }) < 2 * one);
  CHECK(kept(x, [&](const Tensor& h) { return linear(h, w, bias); }) < 2 * one);
  CHECK(kept(image, [&](const Tensor& h) { return conv2d(h, filter); }) < 2 * 4 * 16 * 16 * 4);
}

TEST_CASE("tapes that have closed keep little memory, however many were open at once") {
#ifdef __GLIBC__
  const auto in_use = [] { return static_cast<std::int64_t>(mallinfo2().uordblks + mallinfo2().hblkhd); };
  constexpr std::int64_t kMany = 1000, kOwn = 8 << 20;
  const Tensor x = ones({2});
  release_pooled();
  const std::int64_t before = in_use();
  {
    std::vector<decltype(vjp([](const Tensor& at) { return tanh(at); }, x).second)> pullbacks;
    for (std::int64_t i = 0; i < kMany; ++i)
      pullbacks.push_back(vjp([](const Tensor& at) { return tanh(at); }, x).second);
  }
  release_pooled();
  CHECK(in_use() - before < kMany * 2000);  // a closed log is some hundred bytes
  {
    Tape tape;
    tape.watch(x);
    Tensor y = x;
    for (int i = 0; i < 300'000; ++i) y = y + 1;
  }
  CHECK(in_use() - before < kMany * 2000 + kOwn + memory().pooled_bytes);
#endif
}

}  // namespace retrograd::tests
