#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <array>
#include <cmath>
#include <limits>

namespace retrograd::tests {

namespace {
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min(),
                       kMost = std::numeric_limits<std::int64_t>::max();
using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;
}  // namespace

TEST_CASE("arange counts from start to stop, up and down") {
  CHECK(arange(2, 11, 3).to_vector<std::int64_t>() == Integers{2, 5, 8});
  CHECK(arange(2, 5).dtype() == int64);
  CHECK(arange(5, 0, -2).to_vector<std::int64_t>() == Integers{5, 3, 1});
  CHECK(arange(5, 5).size() == 0);
  CHECK(arange(5, 2).size() == 0);
  CHECK(arange(2, 5, -1).size() == 0);
  CHECK(arange(1, 4, 1, float64).dtype() == float64);
  CHECK(arange(kLeast, kMost, kMost).to_vector<std::int64_t>() == Integers{kLeast, -1, kMost - 1});
  CHECK(arange(kMost, kLeast, kLeast).to_vector<std::int64_t>() == Integers{kMost, -1});
  CHECK(arange(250, 256, 5, uint8).to_vector<int>() == std::vector<int>{250, 255});
}

TEST_CASE("a vector or a span without a shape makes a tensor of one axis") {
  const std::vector<double> reals = {0.5, 2};
  CHECK(tensor(reals).shape() == Shape{2});
  CHECK(tensor(reals).dtype() == float32);
  CHECK(tensor(reals, float64).to_vector<double>() == Reals{0.5, 2});
  CHECK(tensor(std::span(reals)).shape() == Shape{2});
  CHECK(tensor(std::vector<int>{3, 4}).dtype() == int64);
  CHECK(tensor(std::vector<bool>{true, false}).dtype() == boolean);
  CHECK(tensor(std::vector<float>{}).shape() == Shape{0});
  CHECK_THROWS_WITH_AS(tensor(reals, int64), "tensor: int64 cannot hold 0.5", DtypeError);
}

TEST_CASE("arange takes fractions") {
  const Tensor x = arange(0, 1, 0.25);
  CHECK(x.dtype() == float32);
  CHECK(x.to_vector<double>() == Reals{0, 0.25, 0.5, 0.75});
  CHECK(arange(1.0, 0, -0.5, float64).to_vector<double>() == Reals{1, 0.5});
  CHECK(arange(1.5, 1).size() == 0);
}

TEST_CASE("arange of a fraction counts up to it, as NumPy's does") {
  CHECK(arange(2.5).dtype() == float32);
  CHECK(arange(2.5).to_vector<double>() == Reals{0, 1, 2});
  CHECK(arange(3.0).to_vector<double>() == Reals{0, 1, 2});
  CHECK(arange(3.0).dtype() == float32);
  CHECK(arange(2.5f, float64).to_vector<double>() == Reals{0, 1, 2});
  CHECK(arange(0.0).size() == 0);
  CHECK(arange(3).dtype() == int64);
  CHECK(arange(std::size_t{3}).to_vector<std::int64_t>() == Integers{0, 1, 2});
  CHECK(arange(3, float64).to_vector<double>() == Reals{0, 1, 2});
  CHECK(arange(256, uint8).size() == 256);
  CHECK(arange(2, boolean).to_vector<int>() == std::vector<int>{0, 1});
  CHECK(arange(1.5, -1, -0.5).to_vector<double>() == Reals{1.5, 1, 0.5, 0, -0.5});
  CHECK_THROWS_WITH_AS(arange(2.5, int64), "arange: fractional values need float32 or float64, got int64", DtypeError);
  CHECK_THROWS_WITH_AS(arange(-1), "arange: the end cannot be negative without a start, got -1", ShapeError);
  CHECK_THROWS_AS(arange(-0.5), ShapeError);
  CHECK_THROWS_AS(arange(NAN), Error);
  CHECK_THROWS_AS(arange(INFINITY), Error);
  CHECK_THROWS_WITH_AS(arange(257, uint8), "arange: uint8 cannot hold 256", DtypeError);
}

TEST_CASE("errors of creation name the function called") {
  Rng rng(1);
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  CHECK_THROWS_WITH_AS(full({2}, 0.5, int64), doctest::Contains("full: 0.5 does not fit"), DtypeError);
  CHECK_THROWS_WITH_AS(full_like(zeros({2}, int64), 0.5), doctest::Contains("full_like: 0.5 does not fit"), DtypeError);
  CHECK_THROWS_WITH_AS(eye(2, -1), "eye: sizes cannot be negative, got (2, -1)", ShapeError);
  CHECK_THROWS_WITH_AS(eye(kHuge), doctest::Contains("eye: ("), ShapeError);
  CHECK_THROWS_WITH_AS(linspace(0, 1, -1), "linspace: the number of values cannot be negative, got -1", ShapeError);
  CHECK_THROWS_WITH_AS(permutation(-1, rng), "permutation: the number of values cannot be negative, got -1",
                       ShapeError);
  CHECK_THROWS_WITH_AS(arange(kHuge), doctest::Contains("arange: a int64 tensor of shape"), ShapeError);
  CHECK_THROWS_WITH_AS(zeros({kHuge}), doctest::Contains("zeros: a float32 tensor of shape"), ShapeError);
  CHECK_THROWS_WITH_AS(ones({kHuge}), doctest::Contains("ones: a float32 tensor of shape"), ShapeError);
  CHECK_THROWS_WITH_AS(normal({kHuge}, 0, 1, rng), doctest::Contains("normal: a float32 tensor of shape"), ShapeError);
}

TEST_CASE("arange refuses what it cannot count") {
  CHECK_THROWS_WITH_AS(arange(0, 3, 0), "arange: the step cannot be 0", Error);
  CHECK_THROWS_WITH_AS(arange(0, 1, 0.0), "arange: the step cannot be 0", Error);
  CHECK_THROWS_AS(arange(0, NAN, 1), Error);
  CHECK_THROWS_AS(arange(0, INFINITY, 1), Error);
  CHECK_THROWS_AS(arange(-INFINITY, 0, 1), Error);
  CHECK_THROWS_AS(arange(0, 1e300, 1e-300), Error);
  CHECK_THROWS_WITH_AS(arange(kLeast, kMost), doctest::Contains("has more elements than fit in 64 bits"), ShapeError);
  CHECK_THROWS_WITH_AS(arange(0, 257, 1, uint8), "arange: uint8 cannot hold 256", DtypeError);
  CHECK_THROWS_WITH_AS(arange(-1, 1, 1, uint8), "arange: uint8 cannot hold -1", DtypeError);
  CHECK_THROWS_WITH_AS(arange(1 << 24, (1 << 24) + 2, 1, float32), "arange: float32 cannot hold 16777217", DtypeError);
  CHECK_THROWS_WITH_AS(arange(0, 1, 0.5, int64), "arange: fractional values need float32 or float64, got int64",
                       DtypeError);
}

TEST_CASE("linspace holds both ends exactly") {
  CHECK(linspace(0, 1, 5, float64).to_vector<double>() == Reals{0, 0.25, 0.5, 0.75, 1});
  CHECK(linspace(3, 7, 1).to_vector<double>() == Reals{3});
  CHECK(linspace(3, 7, 0).size() == 0);
  CHECK(linspace(2, -2, 3).to_vector<double>() == Reals{2, 0, -2});
  for (std::int64_t n : {3, 7, 49, 1000}) CHECK(linspace(-0.1, 0.3, n, float64).to_vector<double>().back() == 0.3);
  CHECK(linspace(-1.5e308, 1.5e308, 3, float64).to_vector<double>() == Reals{-1.5e308, 0, 1.5e308});
  CHECK_THROWS_AS(linspace(0, 1, -1), ShapeError);
  CHECK_THROWS_WITH_AS(linspace(0, 1, 2, int64), "linspace: the dtype must be float32 or float64, got int64",
                       DtypeError);
}

TEST_CASE("eye is 1 on the diagonal") {
  CHECK(eye(2).to_vector<int>() == std::vector<int>{1, 0, 0, 1});
  CHECK(eye(2, 3, int64).to_vector<int>() == std::vector<int>{1, 0, 0, 0, 1, 0});
  CHECK(eye(3, 2).to_vector<int>() == std::vector<int>{1, 0, 0, 1, 0, 0});
  CHECK(eye(2, boolean).to_vector<bool>() == std::vector<bool>{true, false, false, true});
  CHECK(eye(0, 3).shape() == Shape{0, 3});
  CHECK_THROWS_AS(eye(-1), ShapeError);
}

TEST_CASE("tensors are made like others, and from spans of any memory") {
  const Tensor x = tensor({1, 2, 3});
  CHECK(full_like(x, 7).to_vector<int>() == std::vector<int>{7, 7, 7});
  CHECK(full_like(x, 7).dtype() == int64);
  CHECK_THROWS_AS(full_like(x, 0.5), DtypeError);
  std::array<double, 4> numbers = {1.5, 2, 3, 4};
  const Tensor y = tensor(std::span(numbers), {2, 2}, float64);
  numbers[0] = 0;
  CHECK(y.to_vector<double>() == Reals{1.5, 2, 3, 4});
  const std::array<bool, 2> flags = {true, false};
  CHECK(tensor(std::span(flags), {2}).dtype() == boolean);
  CHECK(tensor(std::span<const float>(), {0, 3}).shape() == Shape{0, 3});
  CHECK_THROWS_WITH_AS(tensor(std::span(numbers), {3}), "tensor: 4 values do not fill shape (3,)", ShapeError);
  CHECK_THROWS_WITH_AS(tensor(std::span(numbers), {3}, float64), "tensor: 4 values do not fill shape (3,)", ShapeError);
}

TEST_CASE("bernoulli and randint draw what they promise, the same for the same seed") {
  Rng rng(5), again(5);
  const Tensor coins = bernoulli({100'000}, 0.3, rng), dice = randint({60'000}, 1, 7, rng);
  CHECK(mean(coins).item<double>() == doctest::Approx(0.3).epsilon(0.02));
  CHECK(coins.to_vector<double>() == bernoulli({100'000}, 0.3, again).to_vector<double>());
  CHECK(dice.dtype() == int64);
  std::array<int, 7> seen{};
  for (std::int64_t face : dice.to_vector<std::int64_t>()) ++seen.at(static_cast<std::size_t>(face));
  CHECK(seen[0] == 0);
  for (std::size_t face = 1; face <= 6; ++face) CHECK(seen[face] == doctest::Approx(10'000).epsilon(0.05));
  CHECK(bernoulli({3}, 1, rng, boolean).to_vector<bool>() == std::vector<bool>(3, true));
  CHECK(bernoulli({3}, 0, rng, int64).to_vector<int>() == std::vector<int>(3, 0));
  CHECK(randint({2}, kMost - 1, kMost, rng).to_vector<std::int64_t>() == Integers{kMost - 1, kMost - 1});
  CHECK(randint({2}, kLeast, kMost, rng).size() == 2);
  CHECK_THROWS_WITH_AS(randint({2}, 3, 3, rng), "randint: low must be less than high, got 3 and 3", Error);
  CHECK_THROWS_WITH_AS(bernoulli({2}, 1.5, rng), "bernoulli: the probability must be between 0 and 1, got 1.5", Error);
  CHECK_THROWS_AS(bernoulli({2}, NAN, rng), Error);
}

TEST_CASE("uniform ends whatever the range, and refuses ranges without an end") {
  Rng rng(1);
  CHECK(uniform({3}, 1 - 1e-12, 1 - 1e-13, rng).to_vector<double>().size() == 3);
  CHECK_THROWS_WITH_AS(uniform({1}, 0, INFINITY, rng), "uniform: the range must be finite, got 0 and inf", Error);
  CHECK_THROWS_WITH_AS(uniform({1}, -1e308, 1e308, rng, float64), doctest::Contains("the range must be finite"), Error);
  CHECK_THROWS_WITH_AS(uniform({1}, 1e39, 2e39, rng), "uniform: float32 cannot hold 1e+39 and 2e+39", DtypeError);
}

TEST_CASE("whole numbers beyond int64 keep their value or are refused") {
  const std::vector<std::uint64_t> most = {~std::uint64_t{0}};
  CHECK(tensor(most, {1}, float64).item<double>() == 0x1p64);
  CHECK_THROWS_AS(tensor(most, {1}, int64), DtypeError);
}

}  // namespace retrograd::tests
