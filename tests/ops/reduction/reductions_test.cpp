#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <limits>

namespace retrograd::tests {

namespace {
using Doubles = std::vector<double>;
using Integers = std::vector<std::int64_t>;
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max(),
                       kLeast = std::numeric_limits<std::int64_t>::min();
}  // namespace

TEST_CASE("bytes and truths are summed as they lie, without an int64 copy") {
  const Tensor bytes = full({1000, 1000}, 200, uint8), truths = bytes > 0;
  reset_peak();
  const std::int64_t before = memory().peak_bytes;
  CHECK(sum(bytes).item<std::int64_t>() == 200'000'000);
  CHECK(sum(bytes, 0)[999].item<std::int64_t>() == 200'000);
  CHECK(sum(transpose(bytes), 1)[5].item<std::int64_t>() == 200'000);
  CHECK(sum(bytes[range(0, 1000, 2)], 0)[7].item<std::int64_t>() == 100'000);
  CHECK(sum(truths).item<std::int64_t>() == 1'000'000);
  CHECK(prod(truths).item<std::int64_t>() == 1);
  CHECK(memory().peak_bytes - before < 100'000);
}

TEST_CASE("sums and products of masks and pixels are whole numbers") {
  const Tensor hits = tensor({1, 2, 3}) == tensor({1, 0, 3});
  CHECK(sum(hits).dtype() == int64);
  CHECK(sum(hits).item<std::int64_t>() == 2);
  CHECK(sum(full({1000}, 255, uint8)).item<std::int64_t>() == 255'000);
  CHECK(prod(hits).item<std::int64_t>() == 0);
  CHECK(prod(tensor({16, 16, 2}, uint8)).item<std::int64_t>() == 512);
  CHECK(cumsum(hits, 0).to_vector<std::int64_t>() == Integers{1, 1, 2});
  CHECK(cumprod(tensor({16, 16, 2}, uint8), 0).to_vector<std::int64_t>() == Integers{16, 256, 512});
}

TEST_CASE("reductions of nothing are NumPy's") {
  for (Dtype dtype : {float32, float64, int64, boolean, uint8}) {
    const Tensor nothing = zeros({0, 2}, dtype);
    CHECK(sum(nothing, 0).to_vector<double>() == Doubles{0, 0});
    CHECK(prod(nothing, 0).to_vector<double>() == Doubles{1, 1});
    CHECK(all(nothing).item<bool>());
    CHECK_FALSE(any(nothing).item<bool>());
    CHECK(count_nonzero(nothing).item<std::int64_t>() == 0);
    CHECK_THROWS_AS(argmin(nothing), ShapeError);
  }
  CHECK(logsumexp(zeros({2, 0}), 1).to_vector<double>() == Doubles{-kInf, -kInf});
  CHECK(norm(zeros({0})).item<double>() == 0);
  CHECK(std::isnan(var(zeros({0})).item<double>()));
  CHECK(max(zeros({0, 2}), 1).shape() == Shape{0});
}

TEST_CASE("NaN is seen by min, argmin, all and any") {
  const Tensor x = tensor<double>({{3.0, kNan, 1.0}, {1.0, 2.0, 0.5}}, float64);
  CHECK(std::isnan(min(x, 1).to_vector<double>()[0]));
  CHECK(min(x, 1).to_vector<double>()[1] == 0.5);
  CHECK(argmin(x, 1).to_vector<std::int64_t>() == Integers{1, 2});
  CHECK(argmin(x).item<std::int64_t>() == 1);
  CHECK(all(tensor({kNan, -kInf})).item<bool>());
  CHECK_FALSE(any(tensor({0.0, -0.0})).item<bool>());
  CHECK(count_nonzero(tensor({kNan, 0.0, -0.0, 1e-300}, float64)).item<std::int64_t>() == 2);
  CHECK(std::isnan(norm(tensor({kNan, 1.0})).item<double>()));
}

TEST_CASE("extremes of whole numbers are exact") {
  CHECK(min(tensor({kMost, kMost})).item<std::int64_t>() == kMost);
  CHECK(min(tensor({kMost, kLeast, std::int64_t{0}})).item<std::int64_t>() == kLeast);
  CHECK(max(tensor({kLeast, kLeast})).item<std::int64_t>() == kLeast);
  CHECK(min(tensor({200, 7, 255}, uint8)).to_vector<int>() == std::vector<int>{7});
  CHECK(max(tensor({200, 7, 255}, uint8)).dtype() == uint8);
  CHECK(argmin(tensor({std::int64_t{3}, kLeast, kMost})).item<std::int64_t>() == 1);
  CHECK(min(tensor({kInf, kInf})).item<double>() == kInf);
}

TEST_CASE("ties share the gradient of min evenly") {
  const Tensor x = tensor({2.0, -1.0, -1.0, 1.0}, float64);
  CHECK(grad([](const Tensor& v) { return min(v); })(x).to_vector<double>() == Doubles{0, 0.5, 0.5, 0});
}

TEST_CASE("all, any and count_nonzero take every dtype and layout") {
  for (Dtype dtype : {float32, float64, int64, boolean, uint8}) {
    const Tensor x = transpose(astype(tensor({{1, 0, 1}, {1, 1, 0}}), dtype));
    CHECK(all(x, 1).to_vector<int>() == std::vector<int>{1, 0, 0});
    CHECK(any(x, 1, true).shape() == Shape{3, 1});
    CHECK(any(x).dtype() == boolean);
    CHECK(count_nonzero(x, 0).to_vector<std::int64_t>() == Integers{2, 2});
    CHECK(count_nonzero(x, {0, 1}).item<std::int64_t>() == 4);
  }
}

TEST_CASE("the derivative of a product is right at zeros") {
  const auto slope = grad([](const Tensor& v) { return prod(v); });
  CHECK(slope(tensor({2.0, 0.0, 3.0}, float64)).to_vector<double>() == Doubles{0, 6, 0});
  CHECK(slope(tensor({0.0, 0.0, 3.0}, float64)).to_vector<double>() == Doubles{0, 0, 0});
  CHECK(slope(tensor(4.0, float64)).to_vector<double>() == Doubles{1});
  const Tensor curve = hessian([](const Tensor& v) { return prod(v); })(tensor({0.0, 0.0, 3.0}, float64));
  CHECK(curve.to_vector<double>() == Doubles{0, 3, 0, 3, 0, 0, 0, 0, 0});
}

TEST_CASE("a product is no view of its input") {
  Tensor x = tensor(2.0);
  Tensor y = prod(x);
  y += 1;
  CHECK(x.item<double>() == 2);
}

TEST_CASE("where there is no deviation and no length the derivative is 0") {
  const Tensor flat = full({3}, 2.5, float64), nothing = zeros({3}, float64);
  const Doubles zero = {0, 0, 0};
  CHECK(grad([](const Tensor& v) { return retrograd::std(v); })(flat).to_vector<double>() == zero);
  for (double p : {1.0, 2.0, kInf})
    CHECK(grad([p](const Tensor& v) { return norm(v, p); })(nothing).to_vector<double>() == zero);
  const auto curve = [](Tensor (*f)(const Tensor&), const Tensor& at) {
    return grad([f](const Tensor& v) { return sum(grad([f](const Tensor& x) { return f(x); })(v)); })(at);
  };
  CHECK(curve([](const Tensor& v) { return retrograd::std(v); }, flat).to_vector<double>() == zero);
  CHECK(curve([](const Tensor& v) { return norm(v); }, nothing).to_vector<double>() == zero);
}

TEST_CASE("variance follows ddof, and the norm does not overflow") {
  const Tensor x = tensor({1.0, 2.0, 3.0, 4.0}, float64);
  CHECK(var(x).item<double>() == 1.25);
  CHECK(var(x, {}, false, 1).item<double>() == doctest::Approx(5.0 / 3));
  CHECK(std::isnan(var(tensor({1.0}), {}, false, 1).item<double>()));
  CHECK(norm(tensor({3e300, 4e300}, float64)).item<double>() == doctest::Approx(5e300));
  CHECK(norm(tensor({3e-300, 4e-300}, float64)).item<double>() == doctest::Approx(5e-300));
  CHECK(norm(tensor({3e30f, 4e30f})).item<double>() == doctest::Approx(5e30));
  CHECK(norm(tensor({1.0, -kInf})).item<double>() == kInf);
  CHECK(norm(tensor({1.0, -kInf}), kInf).item<double>() == kInf);
  const Tensor slope = grad([](const Tensor& v) { return norm(v); })(tensor({3e300, 4e300}, float64));
  CHECK(slope.to_vector<double>()[0] == doctest::Approx(0.6));
}

TEST_CASE("equal values have no spread and no slope, however their mean is rounded") {
  for (Dtype dtype : {float32, float64})
    for (std::int64_t n : {3, 6, 7, 10, 1000}) {
      const Tensor x = full({n}, 0.1, dtype);
      CHECK(std(x).item<double>() == 0);
      CHECK(array_equal(grad([](const Tensor& v) { return std(v); })(x), zeros_like(x)));
    }
}

}  // namespace retrograd::tests
