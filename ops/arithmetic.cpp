#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/arithmetic.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../core/simd-inl.h"

#ifndef RETROGRAD_OPS_ARITHMETIC_KERNELS
#define RETROGRAD_OPS_ARITHMETIC_KERNELS
namespace retrograd {
struct ArithmeticKernels {
  detail::ByDtype<detail::BinaryRun> sub, mul, div, maximum;
  detail::ByDtype<detail::UnaryRun> neg, square, abs, sign;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

struct Sub {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    return hn::Sub(a, b);
  }
  static std::int64_t plain(std::int64_t a, std::int64_t b) { return a - b; }
};
struct Mul {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    return hn::Mul(a, b);
  }
  static std::int64_t plain(std::int64_t a, std::int64_t b) { return a * b; }
};
struct Div {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    return hn::Div(a, b);
  }
};
struct Maximum {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    const V larger = hn::IfThenElse(hn::Gt(a, b), a, b);  // b where b is NaN
    return hn::IfThenElse(hn::Eq(a, a), larger, a);
  }
  static std::int64_t plain(std::int64_t a, std::int64_t b) { return a > b ? a : b; }
};
struct Neg {
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Neg(x);
  }
  static std::int64_t plain(std::int64_t x) { return -x; }
};
struct Square {
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Mul(x, x);
  }
  static std::int64_t plain(std::int64_t x) { return x * x; }
};
struct Abs {
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Abs(x);
  }
  static std::int64_t plain(std::int64_t x) { return x < 0 ? -x : x; }
};
struct Sign {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V zero = hn::Zero(d), one = hn::Set(d, static_cast<hn::TFromD<D>>(1));
    return hn::IfThenElse(hn::Gt(x, zero), one, hn::IfThenElse(hn::Lt(x, zero), hn::Neg(one), x));
  }
  static std::int64_t plain(std::int64_t x) { return (x > 0) - (x < 0); }
};

const ArithmeticKernels* arithmetic_kernels() {
  static constexpr ArithmeticKernels kKernels = {
      binary_numbers<Sub>(), binary_numbers<Mul>(),   binary_floats<Div>(), binary_numbers<Maximum>(),
      unary_numbers<Neg>(),  unary_numbers<Square>(), unary_numbers<Abs>(), unary_numbers<Sign>()};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../core/creation.h"
#include "../core/error.h"
#include "../core/format.h"
#include "../core/tape.h"
#include "arithmetic.h"
#include "comparison.h"
#include "convert.h"

namespace retrograd {

namespace {
HWY_EXPORT(arithmetic_kernels);
const ArithmeticKernels& kernels() { return *HWY_DYNAMIC_DISPATCH(arithmetic_kernels)(); }
}  // namespace

// y = a − b
Tensor sub(Operand left, Operand right) {
  const auto [a, b] = detail::operands("sub", left, right);
  Tensor y = detail::zip("sub", kernels().sub, a, b);
  return record("sub", y, wrt(a, [](const Tensor& g) { return g; }), wrt(b, [](const Tensor& g) { return -g; }));
}

// d(ab) = b·da + a·db
Tensor mul(Operand left, Operand right) {
  const detail::OperandPair pair = detail::operands("mul", left, right);
  const Tensor &a = pair.a, &b = pair.b;
  Tensor y = detail::zip("mul", kernels().mul, a, b);
  return record("mul", y, wrt(a, [b](const Tensor& g) { return g * b; }),
                wrt(b, [a](const Tensor& g) { return g * a; }));
}

// d(a/b) = da/b − (a/b)·db/b
Tensor div(Operand left, Operand right) {
  const detail::OperandPair pair = detail::operands("div", left, right);
  const Tensor &a = pair.a, &b = pair.b;
  Tensor y = detail::zip("div", kernels().div, a, b);
  return record("div", y, wrt(a, [b](const Tensor& g) { return g / b; }),
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

// d max(a, b) = [a > b]·da + [b > a]·db + [a = b]·(da + db)/2
Tensor maximum(Operand left, Operand right) {
  const detail::OperandPair pair = detail::operands("maximum", left, right);
  const Tensor &a = pair.a, &b = pair.b;
  Tensor y = detail::zip("maximum", kernels().maximum, a, b);
  const auto share = [](const Tensor& own, const Tensor& other, Dtype dtype) {
    return astype(greater(own, other), dtype) + 0.5 * astype(equal(own, other), dtype);
  };
  return record("maximum", y, wrt(a, [a, b, share](const Tensor& g) { return g * share(a, b, g.dtype()); }),
                wrt(b, [a, b, share](const Tensor& g) { return g * share(b, a, g.dtype()); }));
}

namespace {
// What a tape has to know of an in-place sum: no rule needs a value, so nothing is protected from the next one, and
// only x's place in the log moves on.
template <class F>
void record_in_place(const char* op, Tensor& x, const Tensor& b, F rule_for_b) {
  detail::Log* log = detail::recording();
  if (!log || !(detail::tracked(log, x) || detail::tracked(log, b))) return;
  const bool was_tracked = detail::tracked(log, x);
  Tensor before = detach(x);
  before.body().log = x.body().log;
  before.body().serial = x.body().serial;
  before.body().node = x.body().node;
  detail::Node& node = detail::append_node(log, op, x);
  if (was_tracked) detail::append_edge(log, node, before, 0, [](const Tensor& g) { return g; });
  if (detail::tracked(log, b)) detail::append_edge(log, node, b, 1, rule_for_b);
}

void check_in_place(const char* op, const Tensor& x, const Tensor& b) {
  if (!broadcasts_to(b.shape(), x.shape()))
    fail<ShapeError>("{}: {} does not broadcast to {}", op, b.shape(), x.shape());
  if (x.dtype() != b.dtype())
    fail<DtypeError>("{}: dtypes differ: {} and {}; astype converts", op, x.dtype(), b.dtype());
  detail::check_writable(x, op);
}
}  // namespace

Tensor& operator+=(Tensor& x, Operand operand) {
  const Tensor b = operand.as("+=", x.dtype());
  check_in_place("+=", x, b);
  detail::add_into(x, b);
  record_in_place("+=", x, b, [](const Tensor& g) { return g; });
  return x;
}

Tensor& operator-=(Tensor& x, Operand operand) {
  const Tensor b = operand.as("-=", x.dtype());
  check_in_place("-=", x, b);
  detail::zip_into("-=", kernels().sub, x, b);
  record_in_place("-=", x, b, [](const Tensor& g) { return -g; });
  return x;
}

}  // namespace retrograd
#endif  // HWY_ONCE
