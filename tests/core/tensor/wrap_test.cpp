#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cstddef>
#include <numeric>
#include <thread>

namespace retrograd::tests {

namespace {
struct Memory {
  std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  int released = 0;
  Tensor wrapped(const Shape& shape, std::size_t from = 0) {
    return wrap(values.data() + from, shape, [this](float*) { ++released; });
  }
};
}  // namespace

TEST_CASE("a tensor on memory of the caller's copies nothing") {
  Memory memory;
  Tensor x = wrap(memory.values.data() + 1, {2, 4}, borrowed);  // not aligned beyond its type
  CHECK(x.data<float>() == memory.values.data() + 1);
  CHECK(x.is_contiguous());
  CHECK(transpose(x).to_vector<int>() == std::vector<int>{2, 6, 3, 7, 4, 8, 5, 9});
  CHECK(matmul(x, transpose(x)).to_vector<int>() == std::vector<int>{54, 110, 110, 230});
  memory.values[1] = -2;
  CHECK(x.to_vector<int>()[0] == -2);
  x.mutable_data<float>()[1] = 30;
  x += 1;
  CHECK(memory.values[1] == -1);
  CHECK(memory.values[2] == 31);
}

TEST_CASE("results never take wrapped memory, temporary or not") {
  Memory memory;
  const std::vector<float> before = memory.values;
  const Tensor sum = wrap(memory.values.data(), {9}, borrowed) + 1;
  const Tensor product = wrap(memory.values.data(), {9}, borrowed) * wrap(memory.values.data(), {9}, borrowed);
  Tape tape;
  const Tensor x = ones({9});
  tape.watch(x);
  const Gradients g = tape.gradients(x * 1, wrap(memory.values.data(), {9}, borrowed));
  CHECK(g[x].data<float>() != memory.values.data());
  CHECK(g[x].to_vector<float>() == before);
  CHECK(memory.values == before);
  CHECK(sum.to_vector<int>()[8] == 10);
  CHECK(product.to_vector<int>()[8] == 81);
}

TEST_CASE("wrapped memory is released once, with the last handle or view") {
  const std::int64_t live = detail::live_bytes();
  Memory memory;
  {
    Tensor view;
    {
      const Tensor x = memory.wrapped({3, 3}), same = x;
      view = x[1];
      CHECK(memory.released == 0);
    }
    CHECK(memory.released == 0);
    CHECK(view.to_vector<int>() == std::vector<int>{4, 5, 6});
    const Tensor part = slice(view, 0, 1, 2);
    view = Tensor();
    CHECK(memory.released == 0);
    CHECK(part.item<int>() == 5);
  }
  CHECK(memory.released == 1);
  CHECK(detail::live_bytes() == live);
}

TEST_CASE("a tape keeps wrapped memory as long as its rules need it") {
  Memory memory;
  const Tensor w = ones({9});
  {
    Tape tape;
    tape.watch(w);
    const Tensor y = sum(w * memory.wrapped({9}));
    CHECK(memory.released == 0);
    CHECK(tape.gradients(y)[w].to_vector<int>().back() == 9);
  }
  CHECK(memory.released == 1);
}

TEST_CASE("wrapped memory may be let go on another thread") {
  Memory memory;
  Tensor x = memory.wrapped({9});
  std::thread([y = std::move(x)]() mutable {
    const Tensor row = y[range(2, 4)];
    y = Tensor();
    CHECK(row.to_vector<int>() == std::vector<int>{3, 4});
  }).join();
  CHECK(memory.released == 1);
  Memory many;
  {
    std::vector<std::thread> threads;
    const Tensor shared = many.wrapped({9});
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([shared] {
        for (int i = 0; i < 1000; ++i) REQUIRE(shared[i % 9].item<int>() == i % 9 + 1);
      });
    for (std::thread& thread : threads) thread.join();
  }
  CHECK(many.released == 1);
}

TEST_CASE("a shared owner lives as long as the tensor") {
  auto owner = std::make_shared<std::vector<double>>(4, 2.5);
  const std::weak_ptr<std::vector<double>> seen = owner;
  double* values = owner->data();
  Tensor x = wrap(values, {2, 2}, std::move(owner));
  CHECK(!seen.expired());
  CHECK(x.dtype() == float64);
  CHECK(sum(x).item<double>() == 10);
  x = Tensor();
  CHECK(seen.expired());
}

TEST_CASE("memory that is const is never written") {
  const std::vector<std::int64_t> table = {1, 2, 3};
  Tensor x = wrap(table.data(), {3}, borrowed), view = x[range(1)];
  CHECK((x + 1).to_vector<int>() == std::vector<int>{2, 3, 4});
  const char* sentence = "tensor is read-only";
  CHECK_THROWS_WITH_AS(x += 1, doctest::Contains(sentence), Error);
  CHECK_THROWS_WITH_AS(view -= 1, doctest::Contains(sentence), Error);
  CHECK_THROWS_WITH_AS(x.mutable_data<std::int64_t>(), doctest::Contains("mutable_data: this (3,) tensor is read-only"),
                       Error);
}

TEST_CASE("wrapped tensors are variables like others") {
  Memory memory;
  const Tensor x = wrap(memory.values.data(), {9}, borrowed);
  const Tensor d = grad([](const Tensor& v) { return sum(square(v)); })(x);
  CHECK(d.to_vector<int>() == std::vector<int>{2, 4, 6, 8, 10, 12, 14, 16, 18});
}

TEST_CASE("what cannot be wrapped is refused, and released all the same") {
  Memory memory;
  CHECK_THROWS_WITH_AS(wrap(static_cast<float*>(nullptr), {2}, borrowed), "wrap: null pointer for shape (2,)", Error);
  CHECK(wrap(static_cast<float*>(nullptr), {0, 2}, borrowed).size() == 0);
  alignas(8) std::byte bytes[16] = {};
  float* crooked = reinterpret_cast<float*>(reinterpret_cast<std::uintptr_t>(&bytes[0]) + 1);
  const auto release = [&memory](float*) { ++memory.released; };
  CHECK_THROWS_WITH_AS(wrap(crooked, {2}, release),
                       "wrap: the memory is not aligned for float32, which needs a multiple of 4 bytes", Error);
  CHECK(memory.released == 1);
}

}  // namespace retrograd::tests
