// What the op table cannot say of arithmetic, powers, rounding and logic: special values of two operands, derivatives
// at branch points, integers.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <limits>

namespace retrograd::tests {

namespace {

using Values = std::vector<double>;
using Integers = std::vector<std::int64_t>;
using Mask = std::vector<bool>;

constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min(),
                       kMost = std::numeric_limits<std::int64_t>::max();
const Values kSpecial = {0.0, -0.0, kInf, -kInf, kNan,  1,     -1,     0.5,   -0.5,
                         2,   -2,   3,    -3,    1e-30, -1e30, 1e-310, 1e300, 7.25};
constexpr std::int64_t kLanes = 19;

// int64, also of literals that are int.
Tensor whole(std::initializer_list<std::int64_t> list) { return tensor(list); }

bool same(double a, double b) { return (std::isnan(a) && std::isnan(b)) || a == b; }

// Every pair of special values, in turn at each lane of two vectors of one quarter, and as a scalar beside a vector.
template <class T>
void check_pairs(Tensor (*op)(const Operand&, const Operand&), T (*f)(T, T), double tolerance) {
  const Dtype dtype = dtype_of<T>;
  for (double left : kSpecial)
    for (double right : kSpecial) {
      const T a = static_cast<T>(left), b = static_cast<T>(right);
      CAPTURE(a);
      CAPTURE(b);
      const auto check = [&](double found, double expected) {
        CHECK_MESSAGE((same(found, expected) || std::abs(found - expected) <= tolerance * std::abs(expected)), found,
                      " instead of ", expected);
      };
      const auto everywhere = [&](const Tensor& y) {
        for (double found : y.to_vector<double>()) check(found, static_cast<double>(f(a, b)));
      };
      everywhere(op(full({kLanes}, a, dtype), b));
      everywhere(op(a, full({kLanes}, b, dtype)));
      for (std::int64_t lane = 0; lane < kLanes; ++lane) {
        Values p(kLanes, 0.25), q(kLanes, 0.25);
        p[std::size_t(lane)] = static_cast<double>(a), q[std::size_t(lane)] = static_cast<double>(b);
        const Values y = op(tensor(p, {kLanes}, dtype), tensor(q, {kLanes}, dtype)).to_vector<double>();
        check(y[std::size_t(lane)], static_cast<double>(f(a, b)));
        REQUIRE(y[lane == 0 ? 1 : 0] == static_cast<double>(f(T(0.25), T(0.25))));
      }
    }
}

using Derivatives = std::pair<double, double>;
template <class F>
Derivatives slopes(F f, double a, double b, Dtype dtype = float64) {
  const auto [da, db] = grad(f)(tensor(a, dtype), tensor(b, dtype));
  return {da.template item<double>(), db.template item<double>()};
}

// The n-th derivative of x^e at x, the exponent a number, or a tensor.
double nth_derivative(int n, double x, double e, bool as_number) {
  std::function<Tensor(const Tensor&)> f = [=](const Tensor& v) {
    return as_number ? pow(v, e) : pow(v, tensor(e, float64));
  };
  for (int i = 0; i < n; ++i) f = [f](const Tensor& v) { return grad([&](const Tensor& u) { return f(u); })(v); };
  return f(tensor(x, float64)).item<double>();
}

}  // namespace

TEST_CASE("two special values meet as in the C library, at every lane") {
  const auto larger = [](auto a, auto b) { return a != a || a > b ? a : b; };
  const auto smaller = [](auto a, auto b) { return a != a || a < b ? a : b; };
  check_pairs<double>(pow, std::pow, 3e-16);
  check_pairs<float>(pow, std::pow, 1.2e-7);
  check_pairs<double>(fmod, std::fmod, 0);
  check_pairs<float>(fmod, std::fmod, 0);
  check_pairs<double>(maximum, larger, 0);
  check_pairs<float>(maximum, larger, 0);
  check_pairs<double>(minimum, smaller, 0);
  check_pairs<float>(minimum, smaller, 0);
  check_pairs<double>(
      div, [](double a, double b) { return a / b; }, 0);
  check_pairs<float>(
      div, [](float a, float b) { return a / b; }, 0);
}

TEST_CASE("comparisons of special values are C's, at every lane") {
  check_pairs<double>(
      equal, [](double a, double b) { return double(a == b); }, 0);
  check_pairs<float>(
      not_equal, [](float a, float b) { return float(a != b); }, 0);
  check_pairs<double>(
      less, [](double a, double b) { return double(a < b); }, 0);
  check_pairs<float>(
      less_equal, [](float a, float b) { return float(a <= b); }, 0);
  check_pairs<float>(
      greater, [](float a, float b) { return float(a > b); }, 0);
  check_pairs<double>(
      greater_equal, [](double a, double b) { return double(a >= b); }, 0);
}

TEST_CASE("clip and the roots keep NaN and the sign of zero") {
  CHECK(std::isnan(clip(tensor({kNan}), 0, 1).to_vector<double>()[0]));
  CHECK(std::isnan(clip(tensor({0.5}), kNan, 1).to_vector<double>()[0]));
  CHECK(std::isnan(clip(tensor({0.5}), tensor({0.0}), tensor({kNan})).to_vector<double>()[0]));
  CHECK(clip(tensor({-5.0, 0.5, 5.0}), -kInf, 1).to_vector<double>() == Values{-5, 0.5, 1});
  CHECK(clip(tensor({-5.0, 0.5, 5.0}), 0, kInf).to_vector<double>() == Values{0, 0.5, 5});
  for (auto op : {sqrt, floor, ceil, round, trunc}) CHECK(std::signbit(op(tensor({-0.0})).to_vector<double>()[0]));
  CHECK(rsqrt(tensor({0.0, -0.0, kInf})).to_vector<double>() == Values{kInf, -kInf, 0});
  CHECK(std::signbit(round(tensor({-0.5})).to_vector<double>()[0]));
  CHECK(round(tensor({0.5, 1.5, 2.5, -1.5, -2.5})).to_vector<double>() == Values{0, 2, 2, -2, -2});
}

TEST_CASE("a power differentiates at 0, below 0 and to the power 0") {
  struct Case {
    int n;
    double x, e, expected;
  };
  for (const Case& c :
       {Case{1, 0, 0, 0},  {1, 0, 1, 1},           {1, 0, 2, 0},       {1, 0, 1.5, 0},     {1, 0, 0.5, kInf},
        {2, 0, 0, 0},      {2, 0, 1, 0},           {2, 0, 2, 2},       {2, 0, 3, 0},       {3, 0, 2, 0},
        {3, 0, 3, 6},      {3, 0, 4, 0},           {4, 0, 3, 0},       {4, 0, 4, 24},      {1, -2, 3, 12},
        {1, -2, 2, -4},    {2, -2, 3, -12},        {1, -2, -1, -0.25}, {2, -2, -1, -0.25}, {1, -2, 0, 0},
        {1, kInf, -1, 0},  {1, kInf, 0, 0},        {1, kInf, 2, kInf}, {1, 0.5, kInf, 0},  {1, 2, -kInf, 0},
        {1, 0, -1, -kInf}, {1, 1e-200, 2, 2e-200}, {1, kNan, 0, 0}}) {
    CAPTURE(c.n);
    CAPTURE(c.x);
    CAPTURE(c.e);
    for (bool as_number : {true, false}) CHECK(nth_derivative(c.n, c.x, c.e, as_number) == c.expected);
  }
}

TEST_CASE("the derivative in the exponent is 0 where the power is, and NaN only below 0") {
  const auto in_exponent = [](double a, double b) {
    return slopes([](const Tensor& u, const Tensor& v) { return pow(u, v); }, a, b).second;
  };
  CHECK(in_exponent(0, 2) == 0);
  CHECK(in_exponent(0, 0.5) == 0);
  CHECK(in_exponent(0, 0) == 0);
  CHECK(in_exponent(0, -1) == -kInf);
  CHECK(in_exponent(1, 5) == 0);
  CHECK(in_exponent(1, kInf) == 0);
  CHECK(in_exponent(0.5, kInf) == 0);
  CHECK(in_exponent(kInf, -2) == 0);
  CHECK(in_exponent(2, 3) == doctest::Approx(8 * std::log(2)));
  CHECK(std::isnan(in_exponent(-2, 2)));
  CHECK(std::isnan(in_exponent(-2, -10000)));  // although the power is 0
  CHECK(in_exponent(kInf, -kInf) == 0);
  CHECK(slopes([](const Tensor& u, const Tensor& v) { return pow(u, v); }, -2, 2).first == -4);
  const Tensor zeros_below = grad([](const Tensor& v) { return sum(pow(0, v)); })(tensor({1.0, 2.0}, float64));
  CHECK(zeros_below.to_vector<double>() == Values{0, 0});
  // ∂²/∂b∂a a^b = a^(b−1)(1 + b·ln a), at b = 0 too.
  for (double b : {0.0, 1.0, 2.5}) {
    const Tensor mixed = grad([&](const Tensor& v) {
      return grad([&](const Tensor& u) { return pow(u, v); })(tensor(3.0, float64));
    })(tensor(b, float64));
    CHECK(mixed.item<double>() == doctest::Approx(std::pow(3, b - 1) * (1 + b * std::log(3))));
  }
}

TEST_CASE("minimum shares ties, and lets NaN be seen") {
  const auto lesser = [](const Tensor& u, const Tensor& v) { return minimum(u, v); };
  CHECK(slopes(lesser, 5, 5) == Derivatives{0.5, 0.5});
  CHECK(slopes(lesser, 4, 5) == Derivatives{1, 0});
  CHECK(slopes(lesser, 6, 5) == Derivatives{0, 1});
  CHECK(std::isnan(minimum(kNan, tensor({1.0})).to_vector<double>()[0]));
}

TEST_CASE("the gradient of clip goes to what it returns, at a bound to x") {
  const auto gradients = [](double x, double low, double high) {
    Values all;
    const auto [a, b, c] = grad([](const Tensor& u, const Tensor& v, const Tensor& w) { return clip(u, v, w); })(
        tensor(x, float64), tensor(low, float64), tensor(high, float64));
    for (const Tensor& one : {a, b, c}) all.push_back(one.item<double>());
    return all;
  };
  CHECK(gradients(0.5, 0, 1) == Values{1, 0, 0});
  CHECK(gradients(0, 0, 1) == Values{1, 0, 0});
  CHECK(gradients(1, 0, 1) == Values{1, 0, 0});
  CHECK(gradients(-1, 0, 1) == Values{0, 1, 0});
  CHECK(gradients(2, 0, 1) == Values{0, 0, 1});
  CHECK(gradients(-1, 1, 1) == Values{0, 1, 0});
  for (double x : {-1.0, 0.5, 2.0}) CHECK(gradients(x, 1, 0) == Values{0, 0, 1});
}

TEST_CASE("the derivative of fmod counts whole quotients, where a/b rounds up to one as well") {
  const auto remainder = [](const Tensor& u, const Tensor& v) { return fmod(u, v); };
  CHECK(slopes(remainder, 7.5, 2) == Derivatives{1, -3});
  CHECK(slopes(remainder, -7.5, 2) == Derivatives{1, 3});
  CHECK(slopes(remainder, 1, kInf) == Derivatives{1, 0});
  CHECK(1.0 / 0.1 == 10);  // but 0.1 is a little more than a tenth
  CHECK(slopes(remainder, 1, 0.1) == Derivatives{1, -9});
}

TEST_CASE("rounding makes constants, and copies of integers") {
  const Tensor x = tensor({1.5, -2.5});
  Tape tape;
  tape.watch(x);
  for (auto op : {floor, ceil, round, trunc}) {
    CHECK(!detail::is_tracked(op(x)));
    const Tensor integers = whole({3, kLeast, kMost});
    Tensor copy = op(integers);
    CHECK(copy.dtype() == int64);
    copy += 1;
    CHECK(integers.to_vector<std::int64_t>() == Integers{3, kLeast, kMost});
  }
}

TEST_CASE("integers stay exact in powers, remainders and clips, and wrap around") {
  const Tensor a = whole({3, -2, 0, 10, kLeast, 7}), b = whole({4, 63, 0, 18, 1, 0});
  CHECK(pow(a, b).to_vector<std::int64_t>() == Integers{81, kLeast, 1, 1'000'000'000'000'000'000, kLeast, 1});
  CHECK(pow(2, whole({62, 64})).to_vector<std::int64_t>() == Integers{std::int64_t{1} << 62, 0});
  CHECK(pow(whole({3}), kMost).size() == 1);
  CHECK_THROWS_WITH_AS(pow(a, -1), "pow: negative exponent -1 for an int64 base; convert to float64", Error);
  CHECK(fmod(whole({7, -7, 7, kLeast, kLeast}), whole({3, 3, -3, -1, kMost})).to_vector<std::int64_t>() ==
        Integers{1, -1, 1, 0, -1});
  CHECK_THROWS_WITH_AS(fmod(a, 0), "fmod: int64 division by 0", Error);
  CHECK_THROWS_AS(fmod(a, b), Error);
  CHECK(fmod(zeros({0}, int64), 0).size() == 0);
  CHECK(clip(a, -1, 5).to_vector<std::int64_t>() == Integers{3, -1, 0, 5, -1, 5});
  CHECK_THROWS_AS(clip(a, kMost, kMost - 1), Error);
  CHECK(minimum(a, 2).to_vector<std::int64_t>() == Integers{2, -2, 0, 2, kLeast, 2});
  const Tensor least = whole({kLeast});
  for (auto op : {neg, abs}) CHECK(op(least).item<std::int64_t>() == kLeast);
  CHECK(square(least).item<std::int64_t>() == 0);
  CHECK((least - 1).item<std::int64_t>() == kMost);
  CHECK((whole({kMost}) + 1).item<std::int64_t>() == kLeast);
  CHECK((whole({kMost}) * kMost).item<std::int64_t>() == 1);
  CHECK(sum(whole({kMost, std::int64_t{1}})).item<std::int64_t>() == kLeast);
}

TEST_CASE("masks and pixels compare, false below true") {
  const Tensor a = tensor({true, true, false, false}), b = tensor({true, false, true, false});
  CHECK((a == b).to_vector<bool>() == Mask{true, false, false, true});
  CHECK((a != b).to_vector<bool>() == Mask{false, true, true, false});
  CHECK((a < b).to_vector<bool>() == Mask{false, false, true, false});
  CHECK((a >= b).to_vector<bool>() == Mask{true, true, false, true});
  CHECK((a == true).to_vector<bool>() == Mask{true, true, false, false});
  const Tensor pixels = tensor({0, 127, 255}, uint8);
  CHECK((pixels > 126).to_vector<bool>() == Mask{false, true, true});
  CHECK((200 >= pixels).to_vector<bool>() == Mask{true, true, false});
  CHECK_THROWS_WITH_AS(static_cast<void>(a == pixels), doctest::Contains("equal: dtypes differ: boolean and uint8"),
                       DtypeError);
}

TEST_CASE("truth is read of every dtype, and of two at once") {
  const Tensor x = tensor({0.0, -0.0, kNan, 0.5, kInf}), mask = tensor({true, true, true, false, false});
  CHECK(logical_and(x, mask).to_vector<bool>() == Mask{false, false, true, false, false});
  CHECK(logical_or(x, mask).to_vector<bool>() == Mask{true, true, true, true, true});
  CHECK(logical_xor(mask, 2.5).to_vector<bool>() == Mask{false, false, false, true, true});
  CHECK(logical_not(whole({0, -1, kLeast})).to_vector<bool>() == Mask{true, false, false});
  CHECK(logical_not(tensor({0, 255}, uint8)).to_vector<bool>() == Mask{true, false});
  CHECK((~mask).to_vector<bool>() == Mask{false, false, false, true, true});
  CHECK_THROWS_WITH_AS(~x, doctest::Contains("~: expects boolean, got float32"), DtypeError);
  CHECK(((0 < x) & (x < 1)).to_vector<bool>() == Mask{false, false, false, true, false});
  for (Dtype dtype : {int64, boolean, uint8}) {
    CHECK(isfinite(ones({3}, dtype)).to_vector<bool>() == Mask{true, true, true});
    CHECK(isnan(ones({3}, dtype)).to_vector<bool>() == Mask{false, false, false});
    CHECK(isinf(ones({3}, dtype)).to_vector<bool>() == Mask{false, false, false});
  }
}

TEST_CASE("allclose and array_equal answer for whole tensors") {
  const Tensor a = tensor({1.0, 100.0}, float64);
  CHECK(allclose(a, a * (1 + 9e-6)));
  CHECK(!allclose(a, a * (1 + 2e-5)));
  CHECK(allclose(a, a * (1 + 2e-5), 1e-4));
  CHECK(allclose(tensor({0.0}), 1e-9));
  CHECK(!allclose(tensor({0.0}), 1e-7));
  CHECK(allclose(tensor({kInf, -kInf}), tensor({kInf, -kInf})));
  CHECK(!allclose(tensor({kInf}), tensor({-kInf})));
  CHECK(!allclose(tensor({1.0}), kInf));
  CHECK(!allclose(tensor({kNan}), tensor({kNan})));
  CHECK(allclose(tensor({kNan, 1.0}), tensor({kNan, 1.0}), 0, 0, true));
  CHECK(!allclose(tensor({kNan}), 1, 0, 0, true));
  CHECK(allclose(full({2, 3}, 5), tensor({5.0, 5.0, 5.0})));
  CHECK(allclose(zeros({0, 3}), ones({3})));
  CHECK(!allclose(tensor({kLeast}), tensor({kMost})));
  CHECK(allclose(full({2}, 3e38), full({2}, 3e38)));
  CHECK_THROWS_WITH_AS(allclose(zeros({2}), zeros({3})), "allclose: shapes do not broadcast: (2,) and (3,)",
                       ShapeError);
  CHECK_THROWS_AS(allclose(zeros({2}), zeros({2}, float64)), DtypeError);
  CHECK(array_equal(a, tensor({1.0, 100.0}, float64)));
  CHECK(!array_equal(a, tensor({1.0, 101.0}, float64)));
  CHECK(!array_equal(a, reshape(a, {2, 1})));
  CHECK(!array_equal(tensor({kNan}), tensor({kNan})));
  CHECK(array_equal(transpose(tensor({{1, 2}, {3, 4}})), tensor({{1, 3}, {2, 4}})));
  CHECK(array_equal(zeros({0}), zeros({0})));
  CHECK_THROWS_WITH_AS(array_equal(a, tensor({1})), doctest::Contains("array_equal: dtypes differ: float64 and int64"),
                       DtypeError);
}

TEST_CASE("an infinite cotangent leaves alone what maximum, minimum and max did not choose") {
  const Tensor x = tensor({-1.0, 4.0}, float64);
  const auto slope = [&](auto f) {
    return grad([&](const Tensor& v) { return sum(f(v)); })(x).template to_vector<double>();
  };
  CHECK(slope([](const Tensor& v) { return sqrt(maximum(v, 0)); }) == std::vector<double>{0, 0.25});
  CHECK(slope([](const Tensor& v) { return log(minimum(maximum(v, 0), 4.5)); }) == std::vector<double>{0, 0.25});
  CHECK(slope([](const Tensor& v) { return sqrt(max(v - 4)); }) == std::vector<double>{0, INFINITY});
  CHECK(slope([](const Tensor& v) { return sqrt(-min(v + 1)); })[1] == 0);
}

TEST_CASE("cotangents of large factors add up in every chunk") {
  Rng rng(5);
  const std::int64_t n = 200'003;
  const Tensor x = normal({n}, 0, 1, rng, float64), a = normal({n}, 0, 1, rng, float64),
               b = normal({n}, 0, 1, rng, float64);
  const Tensor slope = grad([&](const Tensor& v) { return sum(a * (v * a + v * b + v * v)); })(x);
  CHECK(allclose(slope, a * (a + b + 2 * x), 1e-13, 1e-13));
}

TEST_CASE("a power with an infinite exponent is flat on one side of 1 and a wall on the other") {
  const Tensor x = tensor({0.5, 2.0}, float64);
  const auto slope = [&](double exponent) {
    return grad([&](const Tensor& v) { return sum(pow(v, exponent)); })(x).to_vector<double>();
  };
  CHECK(slope(INFINITY) == std::vector<double>{0, INFINITY});
  CHECK(slope(-INFINITY) == std::vector<double>{-INFINITY, 0});
}

}  // namespace retrograd::tests
