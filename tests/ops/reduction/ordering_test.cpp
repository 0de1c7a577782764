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
}  // namespace

TEST_CASE("sorting is stable and puts NaN after everything") {
  const Tensor x = tensor({2.0, kNan, 1.0, 2.0, kInf, 1.0, kNan, -kInf});
  CHECK(argsort(x).to_vector<std::int64_t>() == Integers{7, 2, 5, 0, 3, 4, 1, 6});
  CHECK(argsort(x, 0, true).to_vector<std::int64_t>() == Integers{1, 6, 4, 0, 3, 2, 5, 7});
  const Doubles y = sort(x).to_vector<double>();
  CHECK(Doubles(y.begin(), y.begin() + 6) == Doubles{-kInf, 1, 1, 2, 2, kInf});
  CHECK((std::isnan(y[6]) && std::isnan(y[7])));
  CHECK(std::isnan(topk(x, 1).values.to_vector<double>()[0]));
  CHECK(topk(x, 3).indices.to_vector<std::int64_t>() == Integers{1, 6, 4});
  const Tensor zeros_of_both_signs = tensor({0.0, -0.0, 0.0});
  CHECK(argsort(zeros_of_both_signs).to_vector<std::int64_t>() == Integers{0, 1, 2});
}

TEST_CASE("sorting takes every dtype") {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
  CHECK(sort(tensor({most, least, most - 1})).to_vector<std::int64_t>() == Integers{least, most - 1, most});
  CHECK(sort(tensor({200, 7, 255}, uint8)).to_vector<int>() == std::vector<int>{7, 200, 255});
  CHECK(sort(tensor({1, 0, 1}, boolean)).to_vector<int>() == std::vector<int>{0, 1, 1});
  CHECK(topk(tensor({1, 0, 1}, boolean), 2).indices.to_vector<std::int64_t>() == Integers{0, 2});
}

TEST_CASE("topk of few among many agrees with a full sort") {
  Rng rng(5);
  const Tensor x = astype(uniform({3, 1000}, 0, 100, rng), int64);  // with ties
  const auto [values, indices] = topk(x, 20);
  CHECK(values.to_vector<std::int64_t>() == slice(sort(x, 1, true), 1, 0, 20).to_vector<std::int64_t>());
  CHECK(indices.to_vector<std::int64_t>() == slice(argsort(x, 1, true), 1, 0, 20).to_vector<std::int64_t>());
  CHECK(topk(x, 0).values.shape() == Shape{3, 0});
}

TEST_CASE("the gradient of sort and topk goes to the values chosen") {
  const Tensor x = tensor({2.0, 5.0, 5.0, 1.0}, float64), weights = tensor({1.0, 10.0, 100.0, 1000.0}, float64);
  CHECK(grad([&](const Tensor& v) { return sum(sort(v) * weights); })(x).to_vector<double>() ==
        Doubles{10, 100, 1000, 1});
  CHECK(grad([&](const Tensor& v) { return sum(topk(v, 2).values); })(x).to_vector<double>() == Doubles{0, 1, 1, 0});
  CHECK(grad([&](const Tensor& v) { return sum(topk(v, 0).values); })(x).to_vector<double>() == Doubles{0, 0, 0, 0});
}

TEST_CASE("the indices of topk may not be written under the tape that needs them") {
  const Tensor x = tensor({2.0, 5.0, 1.0});
  Tape tape;
  tape.watch(x);
  TopK best = topk(x, 2);
  CHECK_THROWS_AS(best.indices.mutable_data<std::int64_t>(), TapeError);
}

TEST_CASE("running sums and products keep digits and wrap") {
  const Doubles sums = cumsum(full({1'000'000}, 0.1f), 0).to_vector<double>();
  CHECK(sums.back() == doctest::Approx(0.1f * 1e6).epsilon(1e-6));
  const std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
  CHECK(cumsum(tensor({most, std::int64_t{1}}), 0).to_vector<std::int64_t>() == Integers{most, least});
  CHECK(cumprod(tensor({most, std::int64_t{2}}), 0).to_vector<std::int64_t>() == Integers{most, -2});
  CHECK(prod(tensor({most, std::int64_t{2}})).item<std::int64_t>() == -2);
  const Doubles seen = cumsum(tensor({1.0, kNan, 1.0}), 0).to_vector<double>();
  CHECK((seen[0] == 1 && std::isnan(seen[1]) && std::isnan(seen[2])));
}

TEST_CASE("of nothing there is nothing to walk through, however often") {
  const Tensor nothing = zeros({std::int64_t{1} << 40, 0, 3});
  for (int axis : {0, 1, 2}) {
    CHECK(cumsum(nothing, axis).size() == 0);
    CHECK(cumprod(nothing, axis).size() == 0);
    CHECK(sort(nothing, axis).size() == 0);
    CHECK(softmax(nothing, axis).size() == 0);
    CHECK(grad([axis](const Tensor& v) { return sum(cumprod(v, axis)); })(nothing).size() == 0);
  }
}

TEST_CASE("the derivative of a running product is right at zeros") {
  const auto slope = grad([](const Tensor& v) { return sum(cumprod(v, 0)); });
  CHECK(slope(tensor({2.0, 0.0, 3.0}, float64)).to_vector<double>() == Doubles{1, 8, 0});
  CHECK(slope(tensor({0.0, 0.0, 3.0}, float64)).to_vector<double>() == Doubles{1, 0, 0});
}

}  // namespace retrograd::tests
