#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <limits>

namespace retrograd::tests {

namespace {
using Doubles = std::vector<double>;
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

void check_close(const Tensor& x, const Doubles& expected) {
  const Doubles values = x.to_vector<double>();
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i);
    const bool same = values[i] == expected[i] || (std::isnan(values[i]) && std::isnan(expected[i]));
    CHECK((same || values[i] == doctest::Approx(expected[i])));
  }
}

// Runs the body fused, composed and checked, in both dtypes.
template <class F>
void in_every_mode(F f) {
  for (OverrideMode mode : {OverrideMode::fused, OverrideMode::composed, OverrideMode::checked})
    for (Dtype dtype : {float32, float64}) {
      CAPTURE(static_cast<int>(mode));
      CAPTURE(name(dtype));
      const OverrideScope scope{mode};
      f(dtype);
    }
}
}  // namespace

TEST_CASE("a masked value has no share in a softmax and no part in its gradients") {
  in_every_mode([](Dtype dtype) {
    for (int axis : {0, 1}) {
      const Tensor row = tensor<double>({{1.0, -kInf, 1.0}}, dtype), x = axis == 1 ? row : transpose(row);
      const Tensor weights = reshape(tensor({1.0, 2.0, 3.0}, dtype), x.shape());
      check_close(softmax(x, axis), {0.5, 0, 0.5});
      check_close(log_softmax(x, axis), {-std::log(2), -kInf, -std::log(2)});
      check_close(logsumexp(x, axis), {1 + std::log(2)});
      check_close(grad([&](const Tensor& v) { return sum(softmax(v, axis) * weights); })(x), {-0.5, 0, 0.5});
      check_close(grad([&](const Tensor& v) { return sum(logsumexp(v, axis)); })(x), {0.5, 0, 0.5});
      check_close(grad([&](const Tensor& v) { return sum(where(v > -5, log_softmax(v, axis) * weights, 0)); })(x),
                  {-1, 0, 1});
      const auto slope = grad([&](const Tensor& v) { return sum(softmax(v, axis) * weights); });
      check_close(grad([&](const Tensor& v) { return sum(slope(v) * weights); })(x), {0, 0, 0});
    }
  });
}

TEST_CASE("a line of nothing but masked values has no softmax, and a logsumexp of -inf with gradient 0") {
  in_every_mode([](Dtype dtype) {
    for (int axis : {0, 1}) {
      const Tensor row = full({1, 3}, -kInf, dtype), x = axis == 1 ? row : transpose(row);
      check_close(softmax(x, axis), {kNan, kNan, kNan});
      check_close(log_softmax(x, axis), {kNan, kNan, kNan});
      check_close(logsumexp(x, axis), {-kInf});
      check_close(grad([&](const Tensor& v) { return sum(logsumexp(v, axis)); })(x), {0, 0, 0});
      const Tensor open = where(tensor<bool>({{true, false, false}}), kInf, row);
      check_close(logsumexp(open), {kInf});
      check_close(grad([](const Tensor& v) { return logsumexp(v); })(open), {0, 0, 0});
      check_close(softmax(open), {kNan, kNan, kNan});
    }
    // Among rows that are usual ones.
    const Tensor rows = tensor<double>({{-kInf, -kInf}, {0.0, 0.0}}, dtype);
    check_close(logsumexp(rows, 1), {-kInf, std::log(2)});
    check_close(grad([](const Tensor& v) { return sum(logsumexp(v, 1)); })(rows), {0, 0, 0.5, 0.5});
  });
}

TEST_CASE("NaN goes through a softmax wherever it stands") {
  in_every_mode([](Dtype dtype) {
    for (std::int64_t lane = 0; lane < 19; ++lane) {
      Doubles values(19, 0.25);
      values[static_cast<std::size_t>(lane)] = kNan;
      const Tensor x = tensor(values, {1, 19}, dtype);
      check_close(softmax(x), Doubles(19, kNan));
      check_close(log_softmax(x), Doubles(19, kNan));
      check_close(logsumexp(x, 1), {kNan});
      check_close(logsumexp(where(x == x, -kInf, kNan), 1), {kNan});
    }
  });
}

TEST_CASE("softmax is stable far from 0") {
  in_every_mode([](Dtype dtype) {
    const Tensor x = tensor<double>({{1e30, 1e30, -1e30}, {-1e4, -1e4 + 1, -1e4}}, dtype);
    check_close(slice(softmax(x), 0, 0, 1), {0.5, 0.5, 0});
    const double total = 2 + std::exp(1.0);
    check_close(slice(softmax(x), 0, 1, 2), {1 / total, std::exp(1.0) / total, 1 / total});
    check_close(slice(log_softmax(x), 0, 1, 2), {-std::log(total), 1 - std::log(total), -std::log(total)});
  });
}

TEST_CASE("every lane of every width of a softmax is right") {
  for (std::int64_t n = 1; n < 40; ++n) {
    Rng rng(static_cast<std::uint64_t>(n));
    const Tensor x = normal({3, n}, 0, 2, rng, float64);
    const Doubles values = x.to_vector<double>(), found = softmax(x).to_vector<double>(),
                  single = softmax(astype(x, float32)).to_vector<double>();
    for (std::size_t row = 0; row < 3; ++row) {
      const auto width = static_cast<std::size_t>(n);
      double total = 0;
      for (std::size_t k = 0; k < width; ++k) total += std::exp(values[row * width + k]);
      for (std::size_t k = 0; k < width; ++k) {
        const double expected = std::exp(values[row * width + k]) / total;
        CHECK(found[row * width + k] == doctest::Approx(expected).epsilon(1e-14));
        CHECK(single[row * width + k] == doctest::Approx(expected).epsilon(1e-6));
      }
    }
  }
}

TEST_CASE("a large softmax is cut into chunks and stays whole") {
  Rng rng(7);
  const Tensor x = normal({3000, 50}, 0, 1, rng, float64), h = softmax(x);
  for (double total : sum(h, 1).to_vector<double>()) REQUIRE(total == doctest::Approx(1).epsilon(1e-14));
  const Tensor middle = softmax(slice(x, 0, 1700, 1702));
  CHECK(middle.to_vector<double>() == slice(h, 0, 1700, 1702).to_vector<double>());
}

TEST_CASE("layer_norm of a flat row is its bias, with a gradient of 0 along it") {
  in_every_mode([](Dtype dtype) {
    const Tensor x = full({2, 4}, 3.0, dtype), weight = tensor({1.0, 2.0, 3.0, 4.0}, dtype);
    check_close(layer_norm(x, weight, weight), {1, 2, 3, 4, 1, 2, 3, 4});
    const Tensor slope = grad([&](const Tensor& v) { return sum(layer_norm(v, weight, weight)); })(x);
    CHECK(sum(slope, 1).to_vector<double>()[0] == doctest::Approx(0).epsilon(1e-3));
  });
}

TEST_CASE("softmax and its kin have the gradients of their compositions, however far apart a line's elements lie") {
  Rng rng(6);
  for (std::int64_t inner : {1, 2, 3, 5}) {
    const Tensor x = normal({4, inner}, 0, 1, rng, float64), weights = normal({4, inner}, 0, 1, rng, float64);
    const auto slope = [&](OverrideMode mode, auto f) {
      const OverrideScope scope{mode};
      return grad([&](const Tensor& v) { return sum(weights * f(v)); })(x);
    };
    const auto check = [&](auto f) {
      CHECK(allclose(slope(OverrideMode::fused, f), slope(OverrideMode::composed, f), 1e-13, 1e-13));
    };
    check([](const Tensor& v) { return softmax(v, 0); });
    check([](const Tensor& v) { return log_softmax(v, 0); });
    check([](const Tensor& v) { return logsumexp(v, 0, true); });
  }
}

}  // namespace retrograd::tests
