#include "arithmetic.h"

#include "../../core/base/threads.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/arithmetic.h"
#include "../../core/tape/tape.h"
#include "comparison.h"

namespace retrograd {

namespace {
const detail::ArithmeticKernels& kernels() { return detail::arithmetic_kernels(); }
}  // namespace

// y = a − b
Tensor sub(const Operand& left, const Operand& right) {
  const detail::OperandPair in("sub", left, right);
  if (!is_recorded(in.a, in.b)) return detail::zip_reusing("sub", kernels().sub, in);
  return record("sub", detail::zip("sub", kernels().sub, in.a, in.b), wrt(in.a, [](Tensor g) { return g; }),
                wrt(in.b, [](const Tensor& g) { return -g; }));
}

namespace {

// The rule of a product: the cotangent times the other factor, added where a sum is already waiting.
struct Times {
  Tensor factor;
  Tensor operator()(Tensor g) const {
    return is_recorded(g, factor) ? g * factor : detail::zip_reusing("mul", kernels().mul, std::move(g), factor);
  }
  bool accumulate(const Tensor& g, Tensor& into) const {
    const auto run = kernels().add_product[static_cast<std::size_t>(g.dtype())];
    const bool fits = run && g.shape() == into.shape() && factor.shape() == into.shape() && g.is_contiguous() &&
                      factor.is_contiguous();
    if (fits)
      detail::parallel_for(into.size(), 1, [&](std::int64_t begin, std::int64_t end) {
        const auto at = [&](const Tensor& x) {
          return x.body().data + begin * static_cast<std::int64_t>(size_of(x.dtype()));
        };
        run(at(g), at(factor), at(into), end - begin);
      });
    return fits;
  }
};

}  // namespace

// d(ab) = b·da + a·db
Tensor mul(const Operand& left, const Operand& right) {
  const detail::OperandPair in("mul", left, right);
  if (!is_recorded(in.a, in.b)) return detail::zip_reusing("mul", kernels().mul, in);
  return record("mul", detail::zip("mul", kernels().mul, in.a, in.b), wrt(in.a, Times{in.b}), wrt(in.b, Times{in.a}));
}

// d(a/b) = da/b − (a/b)·db/b
Tensor div(const Operand& left, const Operand& right) {
  const detail::OperandPair in("div", left, right);
  const Tensor &a = in.a, &b = in.b;
  if (!is_recorded(a, b)) return detail::zip_reusing("div", kernels().div, in);
  Tensor y = detail::zip("div", kernels().div, a, b);
  return record("div", y, wrt(a, [b](Tensor g) { return std::move(g) / b; }),
                wrt(b, [b, y](const Tensor& g) { return -(g * y / b); }));
}

Tensor neg(const Tensor& x) {
  return record("neg", detail::map("neg", kernels().neg, x), wrt(x, [](const Tensor& g) { return -g; }));
}

// d(x²) = 2x·dx
Tensor square(const Tensor& x) {
  return record("square", detail::map("square", kernels().square, x),
                wrt(x, [x](const Tensor& g) { return g * (2 * x); }));
}

// d|x| = sign(x)·dx
Tensor abs(const Tensor& x) {
  return record("abs", detail::map("abs", kernels().abs, x), wrt(x, [x](const Tensor& g) { return g * sign(x); }));
}

Tensor sign(const Tensor& x) { return detail::map("sign", kernels().sign, x); }

// d(1/x) = −dx/x²
Tensor reciprocal(const Tensor& x) {
  Tensor y = detail::map("reciprocal", kernels().reciprocal, x);
  if (!is_recorded(x)) return y;
  return record("reciprocal", y, wrt(x, [y](const Tensor& g) { return -(g * y * y); }));
}

namespace {

// d max(a, b) = [a > b]·da + [b > a]·db + [a = b]·(da + db)/2, and the minimum likewise with <; chosen and not
// multiplied, so that an infinite cotangent leaves the loser alone. NaN lets it pass.
Tensor extreme(const char* op, const detail::ByDtype<detail::BinaryRun>& kernel,
               Tensor (*loses)(const Operand&, const Operand&), const Operand& left, const Operand& right) {
  const detail::OperandPair in(op, left, right);
  const Tensor &a = in.a, &b = in.b;
  if (!is_recorded(a, b)) return detail::zip_reusing(op, kernel, in);
  const auto share = [loses](const Tensor& g, const Tensor& own, const Tensor& other) {
    return where(loses(own, other), 0, where(equal(own, other), 0.5 * g, g));
  };
  return record(op, detail::zip(op, kernel, a, b), wrt(a, [a, b, share](const Tensor& g) { return share(g, a, b); }),
                wrt(b, [a, b, share](const Tensor& g) { return share(g, b, a); }));
}

}  // namespace

Tensor maximum(const Operand& a, const Operand& b) { return extreme("maximum", kernels().maximum, less, a, b); }
Tensor minimum(const Operand& a, const Operand& b) { return extreme("minimum", kernels().minimum, greater, a, b); }

void detail::sub_into(Tensor& into, const Tensor& x) { zip_into("-=", kernels().sub, into, x); }
void detail::mul_into(Tensor& into, const Tensor& x) { zip_into("*=", kernels().mul, into, x); }
void detail::div_into(Tensor& into, const Tensor& x) { zip_into("/=", kernels().div, into, x); }

}  // namespace retrograd
