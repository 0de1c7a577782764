// Ops and overrides of a user's own, written against the public headers alone.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <algorithm>
#include <cmath>

namespace rg = retrograd;

namespace my_library {

// softplus(x) = ln(1 + eˣ), with a loop of its own: d softplus = sigmoid(x)·dx, written in the library's ops, so that
// every order of derivative works.
rg::Tensor softplus(const rg::Tensor& x) {
  std::vector<double> y = x.to_vector<double>();
  for (double& v : y) v = std::max(v, 0.0) + std::log1p(std::exp(-std::abs(v)));
  return rg::record("softplus", rg::tensor(y, x.shape(), x.dtype()),
                    rg::wrt(x, [x](const rg::Tensor& g) { return g * rg::sigmoid(x); }));
}

// Of two inputs: r = √(a² + b²), dr = (a·da + b·db)/r. A rule that captures the value differentiates through it.
rg::Tensor radius(const rg::Tensor& a, const rg::Tensor& b) {
  std::vector<double> y = rg::detach(a * a + b * b).to_vector<double>();
  for (double& v : y) v = std::sqrt(v);
  const rg::Tensor r = rg::tensor(y, a.shape(), a.dtype());
  return rg::record("radius", r, rg::wrt(a, [a, r](const rg::Tensor& g) { return g * a / r; }),
                    rg::wrt(b, [b, r](const rg::Tensor& g) { return g * b / r; }));
}

// The same as an override: what it is, and what replaces it.
rg::Tensor gaussian_composed(const rg::Tensor& x, const rg::Tensor& width) { return rg::exp(-rg::square(x / width)); }
rg::Tensor gaussian_fused(const rg::Tensor& x, const rg::Tensor& width) {
  std::vector<double> y = x.to_vector<double>();
  const double w = width.item<double>();
  for (double& v : y) v = std::exp(-(v / w) * (v / w));
  const rg::Tensor value = rg::tensor(y, x.shape(), x.dtype());
  // dy = y·(−2x/w² dx + 2x²/w³ dw)
  return rg::record(
      "gaussian", value, rg::wrt(x, [=](const rg::Tensor& g) { return -2 * g * value * x / rg::square(width); }),
      rg::wrt(width, [=](const rg::Tensor& g) { return 2 * g * value * rg::square(x) / (width * width * width); }));
}
const rg::Override gaussian{"gaussian", gaussian_composed, gaussian_fused};

rg::Tensor gaussian_wrong(const rg::Tensor& x, const rg::Tensor& width) {
  return rg::record("gaussian_wrong", rg::detach(gaussian_composed(x, width)),
                    rg::wrt(x, [x](const rg::Tensor& g) { return g * x; }));
}

}  // namespace my_library

namespace retrograd::tests {

TEST_CASE("an op of the user's own differentiates twice") {
  const Tensor x = tensor({-2.0, -0.3, 0.0, 0.7, 3.0}, float64), y = tensor({1.0, 2.0, -1.0, 0.5, 1.0}, float64);
  CHECK(tools::gradcheck(my_library::softplus, {x}, {.order = 3}).passed());
  CHECK(tools::gradcheck(my_library::radius, {x, y}, {.order = 2}).passed());
}

TEST_CASE("an override of the user's own differentiates twice, and is checked") {
  const Tensor x = tensor({-2.0, -0.3, 0.0, 0.7, 1.5}, float64), width = tensor(1.3, float64);
  const auto f = [](const Tensor& u, const Tensor& w) { return my_library::gaussian(u, w); };
  for (const OverrideMode mode : {OverrideMode::fused, OverrideMode::composed, OverrideMode::checked}) {
    const OverrideScope scope{mode};
    CHECK(tools::gradcheck(f, {x, width}, {.order = 2}).passed());
  }
  const Override wrong{"gaussian_wrong", my_library::gaussian_composed, my_library::gaussian_wrong};
  const OverrideScope scope{OverrideMode::checked};
  CHECK_THROWS_WITH_AS(grad([&](const Tensor& u) { return sum(wrong(u, width)); })(x),
                       doctest::Contains("override gaussian_wrong: the gradient of input 0 differs most at"),
                       OverrideMismatch);
}

}  // namespace retrograd::tests
