#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "../../simd_targets.h"
#include "../op_table.h"

namespace retrograd::tests {

namespace {

double relative_l2(const Tensor& a, const Tensor& b) {
  REQUIRE(a.shape() == b.shape());
  const auto x = a.to_vector<double>(), y = b.to_vector<double>();
  double distance = 0, norm = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    distance += (x[i] - y[i]) * (x[i] - y[i]);
    norm += y[i] * y[i];
  }
  return norm > 0 ? std::sqrt(distance / norm) : std::sqrt(distance);
}

// What defines conv2d: for each image and group, the filters as rows times the columns of unfold.
Tensor composed(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& options) {
  const Shape &image = x.shape(), &filters = weight.shape();
  const std::int64_t groups = options.groups, each = filters[0] / groups, depth = filters[1] * filters[2] * filters[3];
  const Tensor columns = unfold(x, {filters[2], filters[3]},
                                {.stride = options.stride, .padding = options.padding, .dilation = options.dilation});
  const Tensor rows = reshape(weight, {filters[0], depth});
  Tensors images;
  for (std::int64_t n = 0; n < image[0]; ++n) {
    Tensors parts;
    for (std::int64_t group = 0; group < groups; ++group)
      parts.push_back(matmul(slice(rows, 0, group * each, (group + 1) * each),
                             slice(unstack(columns, n), 0, group * depth, (group + 1) * depth)));
    images.push_back(stack(parts));
  }
  const auto out = [](std::int64_t in, std::int64_t size, std::int64_t stride, std::int64_t padding,
                      std::int64_t dilation) { return (in + 2 * padding - dilation * (size - 1) - 1) / stride + 1; };
  const Tensor y = reshape(
      stack(images),
      Shape{image[0], filters[0],
            out(image[2], filters[2], options.stride.rows, options.padding.rows, options.dilation.rows),
            out(image[3], filters[3], options.stride.columns, options.padding.columns, options.dilation.columns)});
  return y + reshape(bias, {filters[0], 1, 1});
}

// The value, the gradients of Σ sin(y), and those of Σ (gradients)², by x, weight and bias.
template <class Conv>
Tensors all_of(Conv conv, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const auto first = grad([&](const Tensor& a, const Tensor& b, const Tensor& c) { return sum(sin(conv(a, b, c))); });
  const auto second = grad([&](const Tensor& a, const Tensor& b, const Tensor& c) {
    const auto [by_x, by_weight, by_bias] = first(a, b, c);
    return sum(square(by_x)) + sum(square(by_weight)) + sum(square(by_bias));
  });
  Tensors all = {conv(x, weight, bias)};
  const auto one = first(x, weight, bias), two = second(x, weight, bias);
  for (const auto& tuple : {one, two}) std::apply([&](const auto&... g) { (all.push_back(g), ...); }, tuple);
  return all;
}

struct Case {
  Shape x, weight;
  Conv2dOptions options;
};
void check_against_composition(const Case& c, Dtype dtype, double tolerance) {
  CAPTURE(c.x);
  CAPTURE(c.weight);
  CAPTURE(c.options.groups);
  Rng rng(5);
  const auto draw_one = [&](const Shape& shape) { return uniform(shape, -1, 1, rng, dtype); };
  const Tensor x = draw_one(c.x), weight = draw_one(c.weight), bias = draw_one({c.weight[0]});
  const Tensors found = all_of([&](const auto&... inputs) { return conv2d(inputs..., c.options); }, x, weight, bias);
  const Tensors expected =
      all_of([&](const auto&... inputs) { return composed(inputs..., c.options); }, x, weight, bias);
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    CHECK(relative_l2(found[i], expected[i]) <= tolerance);
  }
}

// Tiles cut out of one image, tiles of several images, filters cut into parts, sums over many images.
const std::vector<Case> kLarge = {
    {{2, 1, 130, 131}, {3, 1, 3, 3}, {.padding = 1}},
    {{1, 24, 30, 30}, {8, 24, 3, 3}, {.stride = 2, .padding = 2}},
    {{37, 4, 7, 6}, {8, 4, 3, 3}, {}},
    {{33, 16, 7, 7}, {24, 16, 1, 1}, {}},
    {{3, 16, 20, 20}, {24, 16, 1, 1}, {}},
    {{20, 8, 16, 16}, {16, 4, 3, 3}, {.padding = 1, .groups = 2}},
    {{40, 6, 1, 300}, {12, 1, 1, 5}, {.padding = {0, 2}, .groups = 6}},
    {{11, 16, 7, 7}, {72, 16, 3, 3}, {.padding = 1}},
    {{1, 128, 9, 9}, {128, 128, 3, 3}, {.padding = 1}},
    {{1, 2, 1, 9000}, {4, 2, 1, 5}, {.padding = {0, 3}}},
    {{2, 4, 30, 33}, {9, 4, 5, 5}, {.padding = 4, .dilation = 2}},
    {{3, 20, 9, 11}, {20, 1, 3, 3}, {.stride = 2, .padding = 1, .groups = 20}},
};

}  // namespace

TEST_CASE("conv2d is unfold and matmul, to second order, for random shapes and options") {
  Rng rng(11);
  const auto from = [&](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(high - low + 1)));
  };
  for (int round = 0; round < 60; ++round) {
    const std::int64_t groups = from(1, 3);
    Case c{{from(1, 3), groups * from(1, 2), from(1, 7), from(1, 7)},
           {groups * from(1, 2), 1, from(1, 4), from(1, 4)},
           {.stride = {from(1, 3), from(1, 3)},
            .padding = {from(0, 3), from(0, 3)},
            .dilation = {from(1, 3), from(1, 3)},
            .groups = groups}};
    c.weight[1] = c.x[1] / groups;
    const auto fits = [](std::int64_t in, std::int64_t padding, std::int64_t size, std::int64_t dilation) {
      return in + 2 * padding >= dilation * (size - 1) + 1;
    };
    if (!fits(c.x[2], c.options.padding.rows, c.weight[2], c.options.dilation.rows) ||
        !fits(c.x[3], c.options.padding.columns, c.weight[3], c.options.dilation.columns)) {
      CHECK_THROWS_AS(conv2d(zeros(c.x), zeros(c.weight), c.options), ShapeError);
      continue;
    }
    check_against_composition(c, float64, 1e-12);
  }
}

TEST_CASE("conv2d is unfold and matmul where images are large, or many, on every SIMD target") {
  for_each_simd_target([] {
    for (const Case& c : kLarge) {
      check_against_composition(c, float64, 1e-12);
      check_against_composition(c, float32, 1e-5);
    }
  });
}

TEST_CASE("convolution and pooling give the same bits with any number of threads") {
  const int before = threads();
  for (const Case& c : kLarge) {
    CAPTURE(c.x);
    std::vector<std::vector<double>> of_one;
    for (const int count : {1, 2, 3, 8}) {
      std::vector<std::vector<double>> found;
      set_threads(count);
      Rng rng(6);
      const auto draw_one = [&](const Shape& shape) { return uniform(shape, -1, 1, rng); };
      const Tensor x = draw_one(c.x), weight = draw_one(c.weight), bias = draw_one({c.weight[0]});
      const Tensors all = all_of(
          [&](const Tensor& image, const auto&... filters) {
            const Size2d size{std::min<std::int64_t>(image.shape()[2], 2), 2};
            return max_pool2d(avg_pool2d(conv2d(image, filters..., c.options), 1), {1, 2}, {.stride = 1}) +
                   0 * sum(max_pool2d(image, size));
          },
          x, weight, bias);
      for (const Tensor& one : all) found.push_back(one.to_vector<double>());
      if (count == 1) of_one = found;
      CHECK(found == of_one);
    }
  }
  set_threads(before);
}

TEST_CASE("conv2d needs no columns on the tape") {
  Rng rng(2);
  const Tensor x = normal({8, 16, 32, 32}, 0, 1, rng), weight = normal({4, 16, 3, 3}, 0, 1, rng);
  const std::int64_t before = detail::live_bytes();
  Tape tape;
  tape.watch(x);
  tape.watch(weight);
  const Tensor y = conv2d(x, weight, {.padding = 1});
  CHECK(detail::live_bytes() - before < 2 * y.size() * 4);
  CHECK(tape.gradients(y, ones_like(y))[weight].shape() == weight.shape());
}

TEST_CASE("the gradient of one input of conv2d alone is right") {
  Rng rng(3);
  const Tensor x = normal({2, 2, 4, 4}, 0, 1, rng, float64), weight = normal({3, 2, 3, 3}, 0, 1, rng, float64);
  const auto [by_x, by_weight] =
      grad([](const Tensor& a, const Tensor& b) { return sum(square(conv2d(a, b))); })(x, weight);
  const Tensor only_x = grad([&](const Tensor& a) { return sum(square(conv2d(a, weight))); })(x);
  const Tensor only_weight = grad([&](const Tensor& b) { return sum(square(conv2d(x, b))); })(weight);
  CHECK(only_x.to_vector<double>() == by_x.to_vector<double>());
  CHECK(only_weight.to_vector<double>() == by_weight.to_vector<double>());
  const Tensor by_bias = grad([&](const Tensor& c) { return sum(conv2d(x, weight, c)); })(zeros({3}, float64));
  CHECK(by_bias.to_vector<double>() == std::vector<double>{8, 8, 8});
}

TEST_CASE("one number of an option stands for both axes") {
  const Tensor x = reshape(arange(36, float64), {1, 1, 6, 6}), weight = ones({1, 1, 2, 2}, float64);
  CHECK(conv2d(x, weight, {.stride = 2, .padding = 1}).to_vector<double>() ==
        conv2d(x, weight, {.stride = {2, 2}, .padding = {1, 1}}).to_vector<double>());
  CHECK(conv2d(x, weight, {.stride = {2, 3}}).shape() == Shape{1, 1, 3, 2});
  CHECK(max_pool2d(x, {2, 3}).shape() == Shape{1, 1, 3, 2});
}

TEST_CASE("of equal elements in a window the first takes the derivative of max_pool2d") {
  const Tensor x = tensor<double>({1, 3, 3, 3, 3, 0, 2, 2}, {1, 1, 2, 4}, float64);
  const Tensor g = grad([](const Tensor& v) { return sum(max_pool2d(v, 2)); })(x);
  CHECK(g.to_vector<double>() == std::vector<double>{0, 1, 1, 0, 0, 0, 0, 0});
}

TEST_CASE("max_pool2d sees NaN and infinities, and never the padding") {
  const double inf = std::numeric_limits<double>::infinity();
  const Tensor x = tensor<double>({-inf, -inf, NAN, 1, -inf, -inf, 2, inf}, {1, 1, 2, 4}, float64);
  for (Dtype dtype : {float32, float64}) {
    const Tensor v = astype(x, dtype);
    Tape tape;
    const Tensor plain = max_pool2d(v, 2);
    tape.watch(v);
    const Tensor recorded = max_pool2d(v, 2);
    for (const Tensor& y : {plain, recorded}) {
      CHECK(y.to_vector<double>()[0] == -inf);
      CHECK(std::isnan(y.to_vector<double>()[1]));
    }
    const Tensor g = tape.gradients(recorded, ones_like(recorded))[v];
    CHECK(g.to_vector<double>() == std::vector<double>{1, 0, 1, 0, 0, 0, 0, 0});
  }
  const Tensor negative = full({1, 1, 2, 2}, -5.0, float64);
  CHECK(max_pool2d(negative, 3, {.stride = 1, .padding = 1}).to_vector<double>() ==
        std::vector<double>{-5, -5, -5, -5});
}

TEST_CASE("convolution and pooling differentiate three times") {
  Rng rng(8);
  const Tensor x = normal({2, 2, 4, 4}, 0, 1, rng, float64), weight = normal({2, 2, 2, 2}, 0, 1, rng, float64);
  const auto pooled = [](const Tensor& v) { return square(square(max_pool2d(v, 3, {.stride = 1, .padding = 1}))); };
  const auto report = tools::gradcheck(pooled, {x}, {.order = 3});
  CAPTURE(to_string(report));
  CHECK(report.passed());
  const auto chain = [](const Tensor& v, const Tensor& w) {
    return square(conv2d(square(avg_pool2d(conv2d(v, w), 2, {.stride = 1})), w, {.padding = 1}));
  };
  const auto of_chain = tools::gradcheck(chain, {x, weight}, {.order = 3});
  CAPTURE(to_string(of_chain));
  CHECK(of_chain.passed());
}

TEST_CASE("a window that meets no element gives minus infinity and no derivative") {
  const Tensor x = full({1, 1, 1, 1}, 3.0, float64);  // elements at −1 and 1 of an image of one row and column
  const Tensor y = max_pool2d(x, 2, {.stride = 1, .padding = 1, .dilation = 2});
  CHECK(y.to_vector<double>() == std::vector<double>{-std::numeric_limits<double>::infinity()});
  Tape tape;
  tape.watch(x);
  const Tensor recorded = max_pool2d(x, 2, {.stride = 1, .padding = 1, .dilation = 2});
  CHECK(recorded.to_vector<double>() == y.to_vector<double>());
  CHECK(tape.gradients(recorded, ones_like(recorded))[x].to_vector<double>() == std::vector<double>{0});
}

TEST_CASE("avg_pool2d counts the padding as zeros") {
  const Tensor x = full({1, 1, 2, 2}, 9.0, float64);
  CHECK(avg_pool2d(x, 3, {.stride = 1, .padding = 1}).to_vector<double>() == std::vector<double>{4, 4, 4, 4});
  CHECK(avg_pool2d(x, 2, {.padding = 1}).to_vector<double>() == std::vector<double>{2.25, 2.25, 2.25, 2.25});
}

TEST_CASE("NaN spreads to the windows that meet it and no further") {
  const Tensor x = tensor<double>({1, NAN, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 3, 3}, float64);
  const auto y = conv2d(x, ones({1, 1, 1, 2}, float64)).to_vector<double>();
  CHECK(std::isnan(y[0]));
  CHECK(std::isnan(y[1]));
  for (std::size_t i = 2; i < y.size(); ++i) CHECK(y[i] == 2);
}

TEST_CASE("fold counts how often unfold meets each element") {
  const Tensor x = ones({1, 1, 3, 3}, float64);
  CHECK(fold(unfold(x, 2), 3, 2).to_vector<double>() == std::vector<double>{1, 2, 1, 2, 4, 2, 1, 2, 1});
}

}  // namespace retrograd::tests
