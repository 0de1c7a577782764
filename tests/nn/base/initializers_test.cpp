#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <functional>

namespace retrograd::tests {

namespace {

const Shape kMatrix{200, 300}, kKernels{40, 30, 5, 5}, kBias{200};
constexpr double kMatrixIn = 300, kMatrixOut = 200, kKernelsIn = 30 * 25, kKernelsOut = 40 * 25;

Tensor drawn(const nn::Initializer& initializer, const Shape& shape, Dtype dtype = float64, std::uint64_t seed = 7) {
  Rng rng(seed);
  std::int64_t fan_in = 1;
  for (int axis = 1; axis < shape.rank(); ++axis) fan_in *= shape[axis];
  return initializer(shape, fan_in, rng, dtype);
}

struct Moments {
  double mean, stddev, largest, fourth;  // the fourth is E z^4 / (E z^2)^2: 1.8 of even values, 3 of normal ones
};
Moments moments(const Tensor& x) {
  const double square_mean = mean(square(x)).item<double>();
  return {mean(x).item<double>(), std::sqrt(square_mean), max(abs(x)).item<double>(),
          mean(square(square(x))).item<double>() / (square_mean * square_mean)};
}

// Of 30 000 values and more, with the seed given: each bound is about five standard errors.
void check_even(const Tensor& x, double bound) {
  const Moments found = moments(x);
  CHECK(std::abs(found.mean) < 0.02 * bound);
  CHECK(found.stddev == doctest::Approx(bound / std::sqrt(3.0)).epsilon(0.015));
  CHECK(found.largest <= bound);
  CHECK(found.largest > 0.999 * bound);
  CHECK(found.fourth == doctest::Approx(1.8).epsilon(0.02));
}
void check_normal(const Tensor& x, double stddev) {
  const Moments found = moments(x);
  CHECK(std::abs(found.mean) < 0.03 * stddev);
  CHECK(found.stddev == doctest::Approx(stddev).epsilon(0.02));
  CHECK(found.fourth == doctest::Approx(3).epsilon(0.05));
}

// The largest distance of the rows' products from those of orthonormal rows, times the gain squared.
double distance_from_orthonormal(const Tensor& rows, double gain = 1) {
  return max(abs(matmul(rows, transpose(rows)) - gain * gain * eye(rows.size(0), float64))).item<double>();
}

}  // namespace

TEST_CASE("even initializers fill their ranges and no more") {
  check_even(drawn(nn::Uniform{-0.3, 0.3}, kMatrix), 0.3);
  check_even(drawn(nn::Uniform{1, 3}, kMatrix) - 2, 1);
  check_even(drawn(nn::XavierUniform{}, kMatrix), std::sqrt(6 / (kMatrixIn + kMatrixOut)));
  check_even(drawn(nn::XavierUniform{.gain = 2}, kKernels), 2 * std::sqrt(6 / (kKernelsIn + kKernelsOut)));
  check_even(drawn(nn::KaimingUniform{}, kMatrix), std::sqrt(6 / kMatrixIn));
  check_even(drawn(nn::KaimingUniform{.mode = nn::Fan::out, .gain = 1}, kKernels), std::sqrt(3 / kKernelsOut));
}

TEST_CASE("normal initializers have their standard deviations") {
  check_normal(drawn(nn::Normal{0, 0.01}, kMatrix), 0.01);
  check_normal(drawn(nn::XavierNormal{}, kMatrix), std::sqrt(2 / (kMatrixIn + kMatrixOut)));
  check_normal(drawn(nn::XavierNormal{.gain = 3}, kKernels), 3 * std::sqrt(2 / (kKernelsIn + kKernelsOut)));
  check_normal(drawn(nn::KaimingNormal{}, kKernels), std::sqrt(2 / kKernelsIn));
  check_normal(drawn(nn::KaimingNormal{.mode = nn::Fan::out}, kMatrix), std::sqrt(2 / kMatrixOut));
}

TEST_CASE("a truncated normal distribution keeps within its bounds") {
  const Tensor x = drawn(nn::TruncatedNormal{.mean = 1, .stddev = 0.5}, kMatrix) - 1;
  CHECK(std::abs(mean(x).item<double>()) < 0.01);
  CHECK(max(abs(x)).item<double>() <= 1);
  CHECK(max(abs(x)).item<double>() > 0.999);
  // The variance of a normal distribution cut at +-2 is 1 - 4 phi(2)/(2 Phi(2) - 1) = 0.7737
  CHECK(moments(x).stddev == doctest::Approx(0.5 * std::sqrt(0.773741)).epsilon(0.01));
  const Tensor tail = drawn(nn::TruncatedNormal{.stddev = 2, .low = 1, .high = 3}, {100, 20});
  CHECK(min(tail).item<double>() >= 2);
  CHECK(max(tail).item<double>() <= 6);
  CHECK(mean(tail).item<double>() == doctest::Approx(2 * (0.241971 - 0.004432) / (0.998650 - 0.841345)).epsilon(0.02));
}

TEST_CASE("a constant fills weights and biases and other initializers leave biases at 0") {
  for (const Shape& shape : {kBias, Shape{3, 4}, Shape{2, 3, 2, 2}, Shape{}})
    CHECK(array_equal(drawn(nn::Constant{0.25}, shape), full(shape, 0.25, float64)));
  for (const nn::Initializer& initializer :
       {nn::Initializer{nn::Uniform{1, 2}}, nn::Initializer{nn::Normal{1, 1}}, nn::Initializer{nn::TruncatedNormal{1}},
        nn::Initializer{nn::XavierUniform{}}, nn::Initializer{nn::XavierNormal{}},
        nn::Initializer{nn::KaimingUniform{}}, nn::Initializer{nn::KaimingNormal{}},
        nn::Initializer{nn::Orthogonal{}}}) {
    CHECK(array_equal(drawn(initializer, kBias), zeros(kBias, float64)));
    CHECK(drawn(initializer, {3, 0}).shape() == Shape{3, 0});
    CHECK(drawn(initializer, {0, 3, 2}).shape() == Shape{0, 3, 2});
    for (Dtype dtype : {float32, float64}) {
      const Tensor x = drawn(initializer, {2, 3, 2, 2}, dtype);
      CHECK(x.shape() == Shape{2, 3, 2, 2});
      CHECK(x.dtype() == dtype);
      CHECK(array_equal(x, drawn(initializer, {2, 3, 2, 2}, dtype)));
      CHECK(!array_equal(x, drawn(initializer, {2, 3, 2, 2}, dtype, 8)));
    }
  }
}

TEST_CASE("orthogonal weights have orthonormal rows or columns") {
  for (const Shape& shape : {Shape{1, 1}, Shape{5, 5}, Shape{3, 7}, Shape{100, 100}, Shape{70, 200}}) {
    CAPTURE(shape);
    CHECK(distance_from_orthonormal(drawn(nn::Orthogonal{}, shape)) < 1e-12);
  }
  for (const Shape& shape : {Shape{7, 3}, Shape{200, 70}, Shape{4, 1}}) {
    CAPTURE(shape);
    CHECK(distance_from_orthonormal(transpose(drawn(nn::Orthogonal{}, shape))) < 1e-12);
  }
  const Tensor kernels = drawn(nn::Orthogonal{.gain = 1.5}, {4, 3, 2, 2});
  CHECK(distance_from_orthonormal(reshape(kernels, {4, 12}), 1.5) < 1e-12);
  const Tensor single = drawn(nn::Orthogonal{}, {20, 30}, float32);
  CHECK(distance_from_orthonormal(astype(single, float64)) < 1e-6);
}

TEST_CASE("orthogonal weights are drawn evenly") {
  // Rotations and reflections of the plane: the angle of the first row is even, and half of them are reflections.
  Rng rng(3);
  std::vector<int> quadrants(8);
  const int draws = 8000;
  for (int i = 0; i < draws; ++i) {
    const std::vector<double> q = nn::Orthogonal{}({2, 2}, 2, rng, float64).to_vector<double>();
    const bool is_reflection = q[0] * q[3] - q[1] * q[2] < 0;
    ++quadrants[static_cast<std::size_t>((q[0] > 0) + 2 * (q[1] > 0) + 4 * is_reflection)];
  }
  for (int count : quadrants) CHECK(std::abs(count - draws / 8) < 150);  // five standard deviations
}

TEST_CASE("gains are those of PyTorch's calculate_gain") {
  using nn::Activation;
  CHECK(nn::calculate_gain(Activation::identity) == 1);
  CHECK(nn::calculate_gain(Activation::sigmoid) == 1);
  CHECK(nn::calculate_gain(Activation::tanh) == 5.0 / 3);
  CHECK(nn::calculate_gain(Activation::relu) == std::sqrt(2.0));
  CHECK(nn::calculate_gain(Activation::leaky_relu) == std::sqrt(2 / (1 + 0.01 * 0.01)));
  CHECK(nn::calculate_gain(Activation::leaky_relu, 0.2) == doctest::Approx(1.3867504905630728).epsilon(1e-15));
  CHECK(nn::calculate_gain(Activation::selu) == 0.75);
  CHECK_THROWS_WITH_AS(nn::calculate_gain(Activation::gelu), "calculate_gain: no gain is defined for gelu", Error);
  CHECK_THROWS_WITH_AS(nn::calculate_gain(Activation::silu), "calculate_gain: no gain is defined for silu", Error);
}

TEST_CASE("layers take any initializer and also a lambda") {
  Rng rng(1);
  const nn::Linear layer{6, 4, rng, nn::Orthogonal{}};
  CHECK(distance_from_orthonormal(astype(layer.weight, float64)) < 1e-6);
  CHECK(array_equal(layer.bias, zeros({4})));
  const nn::Linear own{
      6, 4, rng, [](const Shape& shape, std::int64_t fan_in, Rng&, Dtype dtype) { return full(shape, fan_in, dtype); }};
  CHECK(array_equal(own.bias, full({4}, 6)));
}

TEST_CASE("initializers refuse parameters that make no sense") {
  struct Misuse {
    nn::Initializer initializer;
    std::string message;
  };
  const std::vector<Misuse> misuses = {
      {nn::Uniform{1, 0}, "uniform: low must not exceed high, got 1 and 0"},
      {nn::Normal{0, -1}, "normal: the standard deviation cannot be negative, got -1"},
      {nn::TruncatedNormal{.stddev = -1},
       "TruncatedNormal: the standard deviation must be finite and not negative, got -1"},
      {nn::TruncatedNormal{.low = 3, .high = 4},
       "TruncatedNormal: the interval from 3 to 4 standard deviations holds less than 1% of the distribution"},
      {nn::TruncatedNormal{.low = 1, .high = -1},
       "TruncatedNormal: the interval from 1 to -1 standard deviations holds less than 1% of the distribution"},
      {nn::XavierUniform{-1}, "XavierUniform: the gain must be finite and not negative, got -1"},
      {nn::XavierNormal{NAN}, "XavierNormal: the gain must be finite and not negative, got nan"},
      {nn::KaimingUniform{.gain = -2}, "KaimingUniform: the gain must be finite and not negative, got -2"},
      {nn::KaimingNormal{.gain = INFINITY}, "KaimingNormal: the gain must be finite and not negative, got inf"},
      {nn::Orthogonal{-1}, "Orthogonal: the gain must be finite and not negative, got -1"},
  };
  for (const Misuse& misuse : misuses)
    CHECK_THROWS_WITH_AS(drawn(misuse.initializer, {2, 3}), misuse.message.c_str(), Error);
}

}  // namespace retrograd::tests
