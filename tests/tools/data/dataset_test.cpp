#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <algorithm>

#include "../../simd_targets.h"

namespace retrograd::tests {

namespace {
tools::Dataset pixels(std::int64_t n) {
  std::vector<int> bytes;
  for (std::int64_t i = 0; i < n; ++i)
    for (int k = 0; k < 3; ++k) bytes.push_back(static_cast<int>(i * 3 + k) % 256);
  return {tensor(bytes, {n, 3}, uint8), arange(n)};
}
}  // namespace

TEST_CASE("batches hold every sample once, in an order drawn from the Rng") {
  Rng rng(1);
  const tools::Dataset set = pixels(10);
  std::vector<std::int64_t> seen, sizes;
  const auto pass = tools::batches(set, 4, rng);
  CHECK(pass.size() == 3);
  for (auto [inputs, targets] : pass) {
    sizes.push_back(inputs.shape()[0]);
    const auto labels = targets.to_vector<std::int64_t>();
    const auto values = inputs.to_vector<float>();
    for (std::size_t i = 0; i < labels.size(); ++i) {
      seen.push_back(labels[i]);
      for (std::size_t k = 0; k < 3; ++k)
        CHECK(values[i * 3 + k] == (static_cast<float>(labels[i] * 3 + std::int64_t(k)) - 128.0f) / 255.0f);
    }
  }
  CHECK(sizes == std::vector<std::int64_t>{4, 4, 2});
  CHECK(!std::is_sorted(seen.begin(), seen.end()));
  std::sort(seen.begin(), seen.end());
  for (std::size_t i = 0; i < 10; ++i) CHECK(seen[i] == static_cast<std::int64_t>(i));
}

TEST_CASE("each pass is shuffled anew, and a seed repeats it") {
  const tools::Dataset set = pixels(50);
  const auto order = [&](Rng& rng) {
    std::vector<std::int64_t> all;
    for (auto [inputs, targets] : tools::batches(set, 7, rng))
      for (auto label : targets.to_vector<std::int64_t>()) all.push_back(label);
    return all;
  };
  Rng rng(5), again(5);
  const auto first = order(rng), second = order(rng);
  CHECK(first != second);
  CHECK(order(again) == first);
}

TEST_CASE("a whole set comes in its own order") {
  const auto [inputs, targets] = tools::whole(pixels(5));
  CHECK(inputs.dtype() == float32);
  CHECK(inputs.shape() == Shape{5, 3});
  CHECK(targets.to_vector<int>() == std::vector<int>{0, 1, 2, 3, 4});
  CHECK(inputs.to_vector<float>()[0] == -128.0f / 255.0f);
}

TEST_CASE("a user's own tensors of any shape and dtype go through as they are") {
  Rng rng(1);
  const tools::Dataset set{normal({6, 2, 2}, 0, 1, rng, float64), normal({6, 1}, 0, 1, rng, float64)};
  for (auto [inputs, targets] : tools::batches(set, 6, rng)) {
    CHECK(inputs.shape() == Shape{6, 2, 2});
    CHECK(inputs.dtype() == float64);
    CHECK(sum(inputs).item<double>() == doctest::Approx(sum(set.inputs).item<double>()));
    CHECK(targets.shape() == Shape{6, 1});
  }
}

TEST_CASE("batch sizes and sets that do not fit are refused") {
  Rng rng(1);
  CHECK_THROWS_WITH_AS(tools::batches(pixels(10), 11, rng),
                       "batches: the batch size must be from 1 to 10, the number of samples, got 11", Error);
  CHECK_THROWS_AS(tools::batches(pixels(10), 0, rng), Error);
  CHECK_THROWS_WITH_AS(tools::whole({zeros({3, 2}), zeros({4})}),
                       "dataset: inputs (3, 2) and targets (4,) differ in the number of samples", ShapeError);
}

TEST_CASE("bytes are pixels among the inputs only") {
  const tools::Dataset set{tensor({{0, 255}}, uint8), tensor({7}, uint8)};
  const auto [inputs, targets] = tools::whole(set);
  CHECK(inputs.dtype() == float32);
  CHECK(targets.dtype() == uint8);
  CHECK(targets.item<int>() == 7);
}

TEST_CASE("sets that are no contiguous tensors go through batches too") {
  Rng rng(1);
  const tools::Dataset set{transpose(tensor({{1.0, 2.0, 3.0}, {10.0, 20.0, 30.0}})), arange(3)};
  for (auto [inputs, targets] : tools::batches(set, 1, rng)) {
    const auto i = static_cast<double>(targets.item<std::int64_t>() + 1);
    CHECK(inputs.to_vector<double>() == std::vector<double>{i, 10 * i});
  }
}

TEST_CASE("every byte decodes to (x - 128)/255, at every place in a row and on every SIMD target") {
  std::vector<int> bytes;
  for (int i = 0; i < 256 * 3; ++i) bytes.push_back(i * 7 % 256);
  for_each_simd_target([&] {
    for (std::int64_t width : {768, 256, 3, 1}) {
      const tools::Dataset set{tensor(bytes, {768 / width, width}, uint8), arange(768 / width)};
      const auto values = tools::whole(set).inputs.to_vector<float>();
      for (std::size_t i = 0; i < values.size(); ++i)
        CHECK(values[i] == (static_cast<float>(bytes[i]) - 128.0f) / 255.0f);
    }
  });
}

}  // namespace retrograd::tests
