#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

namespace retrograd::tests {

TEST_CASE("gradcheck passes right gradients and prints the largest errors") {
  const Tensor x = tensor({0.5, 1.0}, float64), y = tensor({2.0, -1.0}, float64);
  const auto report =
      tools::gradcheck([](const Tensor& a, const Tensor& b) { return exp(a) * b; }, {x, y}, {.order = 2});
  CHECK(report.passed());
  CHECK(report.lines.size() == 4);
  const std::string text = fmt::format("{}", report);
  CHECK(text.starts_with("gradcheck passed\n  order 1  input 0  largest relative error "));
  CHECK(text.find("order 2  input 1") != std::string::npos);
}

TEST_CASE("gradcheck finds a rule that is wrong in sign, in scale, or in one element") {
  const Tensor x = tensor({0.5, 1.0, 2.0}, float64);
  const auto with_rule = [](auto rule) {
    return [rule](const Tensor& v) {
      return record("tampered", detach(square(v)), wrt(v, [v, rule](const Tensor& g) { return rule(g, v); }));
    };
  };
  CHECK(tools::gradcheck(with_rule([](const Tensor& g, const Tensor& v) { return g * 2 * v; }), {x}).passed());
  CHECK(!tools::gradcheck(with_rule([](const Tensor& g, const Tensor& v) { return g * -2 * v; }), {x}).passed());
  CHECK(!tools::gradcheck(with_rule([](const Tensor& g, const Tensor& v) { return g * 2.00001 * v; }), {x}).passed());
  CHECK(!tools::gradcheck(
             with_rule([](const Tensor& g, const Tensor& v) { return g * 2 * v * where(v > 1.5, 1.0 + 0 * v, 1.001); }),
             {x})
             .passed());
}

TEST_CASE("gradcheck finds a rule that is right once and wrong differentiated again") {
  const Tensor x = tensor({0.5, 1.0, 2.0}, float64);
  const auto f = [](const Tensor& v) {
    return record("once", detach(square(v)), wrt(v, [v](const Tensor& g) { return g * detach(2 * v); }));
  };
  CHECK(tools::gradcheck(f, {x}).passed());
  const auto report = tools::gradcheck(f, {x}, {.order = 2});
  CHECK(!report.passed());
  CHECK(to_string(report).starts_with("gradcheck FAILED"));
}

TEST_CASE("gradcheck reports kinks, and fails where there is nothing else") {
  const auto f = [](const Tensor& v) { return abs(v); };
  const auto some = tools::gradcheck(f, {tensor({0.0, 1.0}, float64)});
  CHECK(some.passed());
  CHECK(some.lines[0].kinks == 1);
  CHECK(to_string(some).find("1 at a kink, skipped") != std::string::npos);
  CHECK(!tools::gradcheck(f, {tensor({0.0}, float64)}).passed());
}

TEST_CASE("gradcheck refuses what it cannot check") {
  const auto f = [](const Tensor& v) { return square(v); };
  CHECK_THROWS_WITH_AS(tools::gradcheck(f, {ones({2})}), "gradcheck: input 0 must be float64, got float32", DtypeError);
  CHECK_THROWS_AS(tools::gradcheck(f, {}), Error);
  CHECK_THROWS_AS(tools::gradcheck(f, {ones({2}, float64), ones({2}, float64)}), Error);
  CHECK_THROWS_AS(tools::gradcheck(f, {ones({2}, float64)}, {.order = 4}), Error);
}

TEST_CASE("gradcheck finds a rule that is right twice and wrong the third time") {
  const auto f = [](const Tensor& v) {
    return record("twice", detach(v * v * v), wrt(v, [v](const Tensor& g) {
                    return g * record("slope", detach(3 * v * v),
                                      wrt(v, [v](const Tensor& gg) { return gg * detach(6 * v); }));
                  }));
  };
  const Tensor x = tensor({0.5, 1.0, 2.0}, float64);
  CHECK(tools::gradcheck(f, {x}, {.order = 2}).passed());
  CHECK(!tools::gradcheck(f, {x}, {.order = 3}).passed());
}

TEST_CASE("gradcheck moves large inputs along random directions, and finds what is wrong there") {
  Rng rng(2);
  const Tensor x = normal({300}, 0, 1, rng, float64);
  const auto f = [](double factor) {
    return [factor](const Tensor& v) {
      return record("tampered", detach(square(v)), wrt(v, [v, factor](const Tensor& g) { return g * factor * v; }));
    };
  };
  CHECK(tools::gradcheck(f(2), {x}, {.order = 2}).passed());
  CHECK(!tools::gradcheck(f(2.0001), {x}).passed());
}

TEST_CASE("gradcheck does not take a steep function for a kink") {
  const auto f = [](double factor) {
    return [factor](const Tensor& v) {
      return record("steep", detach(sin(200 * v)),
                    wrt(v, [v, factor](const Tensor& g) { return g * factor * cos(200 * v); }));
    };
  };
  const Tensor x = tensor({0.0084}, float64);  // where the slope is small and the curvature large
  CHECK(tools::gradcheck(f(200), {x}, {.tolerance = 1e-4}).passed());
  CHECK(!tools::gradcheck(f(0), {x}, {.tolerance = 1e-4}).passed());
}

}  // namespace retrograd::tests
