#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <thread>

namespace retrograd::tests {

namespace {
Tensor outlives_everything;  // destroyed after the threads and the thread-local pools are gone
}

TEST_CASE("storage is aligned to 64 bytes, whatever its size") {
  for (std::int64_t n : {0, 1, 3, 16, 17, 1000, 100'000}) {
    const Tensor x = zeros({n});
    CHECK(reinterpret_cast<std::uintptr_t>(x.data<float>()) % 64 == 0);
  }
}

TEST_CASE("a freed block is used again") {
  const float* first = nullptr;
  {
    const Tensor x = zeros({1000});
    first = x.data<float>();
  }
  const Tensor y = zeros({1000});
  CHECK(y.data<float>() == first);
}

TEST_CASE("a block freed on another thread comes home") {
  const auto before = detail::live_bytes();
  Tensor x = zeros({5000});
  const float* where = x.data<float>();
  std::thread([moved = std::move(x)]() mutable { moved = Tensor(); }).join();
  CHECK(detail::live_bytes() == before);
  const Tensor y = zeros({5000});
  CHECK(y.data<float>() == where);
}

TEST_CASE("a tensor outlives the thread that made it") {
  Tensor x;
  std::thread([&] { x = full({100}, 3); }).join();
  CHECK(sum(x).item<float>() == 300);
  std::thread([&] { outlives_everything = x + 1; }).join();
  std::thread([] { outlives_everything = outlives_everything + 1; }).join();
  CHECK(sum(outlives_everything).item<float>() == 500);
}

TEST_CASE("many threads may pass tensors around at once") {
  std::vector<Tensor> shared(8);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < shared.size(); ++t)
      threads.emplace_back([&, t] { shared[t] = full({static_cast<std::int64_t>(64 + t)}, round) * 2; });
    for (std::thread& thread : threads) thread.join();
    for (const Tensor& x : shared) CHECK(max(x).item<int>() == 2 * round);
  }
}

// The formula of docs/performance.md: a block of 128 bytes and the values, rounded up to a size class.
TEST_CASE("an open tape holds the tensors that its rules captured, and no others") {
  const std::int64_t block = 192;  // 128 + 16 · 4
  const Tensor x = full({16}, 0.5), a = full({16}, 1.01), b = full({16}, 0.01);
  Tape tape;
  for (const Tensor* variable : {&x, &a, &b}) tape.watch(*variable);
  Tensor y = tanh(x * a + b);
  const std::int64_t before = detail::live_bytes();
  for (int i = 0; i < 1000; ++i)
    y = tanh(y * a + b);  // captured: y by the product, and tanh's value, which is the next y
  CHECK(detail::live_bytes() - before == 1000 * block);
  {
    const Gradients gradients = tape.gradients(sum(y));
    y = Tensor();
    CHECK(detail::live_bytes() - before < 20 * block);
  }
}

TEST_CASE("the sizes of a tensor of any rank stay apart from its values") {
  for (int rank = 0; rank <= kMaxRank; ++rank) {
    Shape shape;
    for (int axis = 0; axis < rank; ++axis) shape.push_back(1 + axis % 3);
    const Tensor x = full(shape, 7), view = rank ? swapaxes(x, 0, rank - 1) : x;
    CHECK(x.shape() == shape);
    CHECK(min(x).item<int>() == 7);
    CHECK(max(view).item<int>() == 7);
    CHECK(reinterpret_cast<std::uintptr_t>(x.data<float>()) % 64 == 0);
  }
}

TEST_CASE("small blocks go back to the system, but for those beside one that is live") {
  release_pooled();
  const Memory before = memory();
  std::vector<Tensor> many;
  for (int i = 0; i < 100'000; ++i) many.push_back(full({16}, i));
  const Tensor held = many[50'000];
  CHECK(memory().live_bytes - before.live_bytes == 100'000 * 192);
  many.clear();
  many.shrink_to_fit();
  CHECK(memory().live_bytes - before.live_bytes == 192);
  release_pooled();
  CHECK(memory().pooled_bytes - before.pooled_bytes <= 2 << 20);
  CHECK(held[3].item<int>() == 50'000);
  for (int i = 0; i < 100'000; ++i) many.push_back(full({16}, i));  // and are taken from it again
  for (int i = 0; i < 100'000; i += 999) CHECK(many[static_cast<std::size_t>(i)][15].item<int>() == i);
}

}  // namespace retrograd::tests
