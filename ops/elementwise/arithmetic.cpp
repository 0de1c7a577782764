#include "arithmetic.h"

#include "../../core/base/threads.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/arithmetic.h"
#include "../../core/tape/record.h"
#include "comparison.h"

namespace retrograd {

namespace {
const detail::ArithmeticKernels& kernels() { return detail::arithmetic_kernels(); }
}  // namespace

// y = a − b
Tensor sub(const Operand& left, const Operand& right) {
  const detail::OperandPair in("sub", left, right);
  return record("sub", detail::zip_reusing("sub", kernels().sub, in.a, in.b, detail::reusable(in)),
                wrt(in.a, [](Tensor g) { return g; }), wrt(in.b, [](const Tensor& g) { return -g; }));
}

namespace {

// The cotangent of a factor: that of the product times the other factor, which can be added directly to an existing
// sum.
class Times final : public detail::Lazy {
 public:
  Times(Tensor g, const Tensor& factor) : g_(std::move(g)), factor_(factor) {}
  Tensor value() override {
    if (is_recorded(g_, factor_)) return g_ * factor_;
    return detail::zip_reusing("mul", kernels().mul, g_, factor_, detail::sole_owner(g_) ? &g_ : nullptr);
  }
  bool add_to(Tensor& into) override { return detail::add_product_into(kernels().add_product, g_, factor_, into); }

 private:
  Tensor g_;
  const Tensor& factor_;
};
struct InFactor {
  Times operator()(Tensor g, const Tensor& factor) const { return {std::move(g), factor}; }
};

}  // namespace

// d(ab) = b·da + a·db
Tensor mul(const Operand& left, const Operand& right) {
  const detail::OperandPair in("mul", left, right);
  return record("mul", detail::zip_reusing("mul", kernels().mul, in.a, in.b, detail::reusable(in)),
                wrt(in.a, InFactor(), in.b), wrt(in.b, InFactor(), in.a));
}

// d(a/b) = da/b − (a/b)·db/b
Tensor div(const Operand& left, const Operand& right) {
  const detail::OperandPair in("div", left, right);
  const Tensor &a = in.a, &b = in.b;
  Tensor y = detail::zip_reusing("div", kernels().div, a, b, detail::reusable(in));
  return record(
      "div", std::move(y),
      wrt(
          a, [](Tensor g, const Tensor& v) { return std::move(g) / v; }, b),
      wrt(
          b, [](const Tensor& g, const Tensor& v, const Tensor& value) { return -(g * value / v); }, b, Result{}));
}

Tensor neg(const Tensor& x) {
  return record("neg", detail::map("neg", kernels().neg, x), wrt(x, [](const Tensor& g) { return -g; }));
}

// d(x²) = 2x·dx
Tensor square(const Tensor& x) {
  return record("square", detail::map("square", kernels().square, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * (2 * at); }, x));
}

// d|x| = sign(x)·dx
Tensor abs(const Tensor& x) {
  return record("abs", detail::map("abs", kernels().abs, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * sign(at); }, x));
}

Tensor sign(const Tensor& x) { return detail::map("sign", kernels().sign, x); }

// d(1/x) = −dx/x²
Tensor reciprocal(const Tensor& x) {
  Tensor y = detail::map("reciprocal", kernels().reciprocal, x);
  return record("reciprocal", std::move(y),
                wrt(
                    x, [](const Tensor& g, const Tensor& value) { return -(g * value * value); }, Result{}));
}

namespace {

// d max(a, b) = [a > b]·da + [b > a]·db + [a = b]·(da + db)/2, and likewise for the minimum with <. Selects rather than
// multiplies, so that an infinite cotangent does not reach the operand that was not chosen. NaN propagates.
Tensor extreme(const char* op, const detail::ByDtype<detail::BinaryRun>& kernel,
               Tensor (*loses)(const Operand&, const Operand&), const Operand& left, const Operand& right) {
  const detail::OperandPair in(op, left, right);
  const Tensor &a = in.a, &b = in.b;
  const auto share = [loses](const Tensor& g, const Tensor& own, const Tensor& other) {
    return where(loses(own, other), 0, where(equal(own, other), 0.5 * g, g));
  };
  return record(op, detail::zip_reusing(op, kernel, a, b, detail::reusable(in)),
                wrt(
                    a, [share](const Tensor& g, const Tensor& u, const Tensor& v) { return share(g, u, v); }, a, b),
                wrt(
                    b, [share](const Tensor& g, const Tensor& u, const Tensor& v) { return share(g, v, u); }, a, b));
}

}  // namespace

Tensor maximum(const Operand& a, const Operand& b) { return extreme("maximum", kernels().maximum, less, a, b); }
Tensor minimum(const Operand& a, const Operand& b) { return extreme("minimum", kernels().minimum, greater, a, b); }

void detail::sub_into(Tensor& into, const Tensor& x) { zip_into("-=", kernels().sub, into, x); }
void detail::mul_into(Tensor& into, const Tensor& x) { zip_into("*=", kernels().mul, into, x); }
void detail::div_into(Tensor& into, const Tensor& x) { zip_into("/=", kernels().div, into, x); }

}  // namespace retrograd
