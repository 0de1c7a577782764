#include "rectifiers.h"

#include "../../core/compute/creation.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/activations.h"
#include "../../core/kernels/rectifiers.h"
#include "../../core/tape/record.h"
#include "arithmetic.h"
#include "comparison.h"
#include "exponential.h"

namespace retrograd {

namespace {

const detail::RectifierKernels& kernels() { return detail::rectifier_kernels(); }

// kernel(x, number); the kernel lookup rejects unsupported dtypes.
Tensor map_with(const char* op, const detail::ByDtype<detail::BinaryRun>& kernel, const Tensor& x, double number) {
  return detail::zip(op, kernel, x, full({}, number, is_floating(x.dtype()) ? x.dtype() : float32));
}

// r = g·s, but 0 where s is 0; dr = s·dg + g·ds likewise
Tensor passed(const Tensor& g, const Tensor& s) {
  return record("passed", detail::zip("passed", kernels().passed, g, s),
                wrt(
                    g, [](const Tensor& gg, const Tensor& slope) { return passed(gg, slope); }, s),
                wrt(
                    s, [](const Tensor& gg, const Tensor& given) { return gg * given; }, g));
}

// r = α·eˣ where x ≤ 0, else 1; dr = α·eˣ·dx where x ≤ 0, else 0
Tensor elu_slope(const Tensor& x, double alpha) {
  return record("elu_slope", map_with("elu_slope", kernels().elu_slope, x, alpha),
                wrt(
                    x,
                    [alpha](const Tensor& g, const Tensor& at) {
                      const Tensor right = at > 0;
                      return passed(g, where(right, 0, alpha * exp(where(right, -at, at))));
                    },
                    x));
}

Tensor elu_named(const char* op, const Tensor& x, double alpha) {
  return record(op, map_with(op, kernels().elu, x, alpha),
                wrt(
                    x, [alpha](const Tensor& g, const Tensor& at) { return passed(g, elu_slope(at, alpha)); }, x));
}

}  // namespace

// d = [x > 0 ? 1 : slope]·dx
Tensor leaky_relu(const Tensor& x, double slope) {
  return record("leaky_relu", map_with("leaky_relu", kernels().leaky_relu, x, slope),
                wrt(
                    x,
                    [slope](const Tensor& g, const Tensor& at) {
                      return passed(g, map_with("leaky_relu_slope", kernels().leaky_relu_slope, at, slope));
                    },
                    x));
}

// d = [x > 0 ? 1 : α·eˣ]·dx; not computed as y + α, which loses all digits where eˣ is small
Tensor elu(const Tensor& x, double alpha) { return elu_named("elu", x, alpha); }

// λ·elu(x, α); the constants from the paper's appendix
Tensor selu(const Tensor& x) {
  constexpr double kLambda = 1.0507009873554804934193349852946, kAlpha = 1.6732632423543772848170429916717;
  return kLambda * elu_named("selu", x, kAlpha);
}

// d = [|x| < 3]·dx/6
Tensor hard_sigmoid(const Tensor& x) {
  return record("hard_sigmoid", detail::map("hard_sigmoid", kernels().hard_sigmoid, x),
                wrt(
                    x,
                    [](const Tensor& g, const Tensor& at) {
                      return passed(g, detail::map("hard_sigmoid_slope", kernels().hard_sigmoid_slope, at));
                    },
                    x));
}

// r = g·[y > 0]
Tensor detail::relu_gradient(Tensor g, const Tensor& y) {
  return record(
      "relu_gradient",
      detail::zip_reusing("relu_gradient", detail::activation_kernels().relu_gradient, g, y, detail::reusable(g, y)),
      wrt(
          g, [](const Tensor& gg, const Tensor& value) { return detail::relu_gradient(gg, value); }, y));
}

namespace {

// NaN is neither ≤ 0 nor > 0: abs(x) propagates it, and its derivative.
Tensor relu_composed(const Tensor& x) { return where(x <= 0, 0, where(x > 0, x, abs(x))); }
Tensor relu_fused(const Tensor& x) {
  Tensor y = detail::map("relu", detail::activation_kernels().relu, x);
  return record(
      "relu", std::move(y),
      wrt(
          x, [](Tensor g, const Tensor& value) { return detail::relu_gradient(std::move(g), value); }, Result{}));
}

}  // namespace

constinit const Override overrides::relu{"relu", relu_composed, relu_fused};

Tensor relu(const Tensor& x) { return overrides::relu(x); }

}  // namespace retrograd
