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
  // y += a·b
  detail::ByDtype<void (*)(const void* a, const void* b, void* y, std::int64_t n)> add_product;
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

// A plain loop: the compiler vectorises it for each target.
template <class T>
void add_product(const void* a_run, const void* b_run, void* y_run, std::int64_t n) {
  const T *HWY_RESTRICT a = static_cast<const T*>(a_run), *HWY_RESTRICT b = static_cast<const T*>(b_run);
  T* HWY_RESTRICT y = static_cast<T*>(y_run);
  for (std::int64_t i = 0; i < n; ++i) y[i] += a[i] * b[i];
}

const ArithmeticKernels* arithmetic_kernels() {
  static constexpr ArithmeticKernels kKernels = {binary_numbers<Sub>(),
                                                 binary_numbers<Mul>(),
                                                 binary_floats<Div>(),
                                                 binary_numbers<Maximum>(),
                                                 unary_numbers<Neg>(),
                                                 unary_numbers<Square>(),
                                                 unary_numbers<Abs>(),
                                                 unary_numbers<Sign>(),
                                                 {add_product<float>, add_product<double>, nullptr, nullptr, nullptr}};
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
const ArithmeticKernels& kernels() { return *HWY_DISPATCH_TABLE(arithmetic_kernels)[detail::simd_target_index()](); }
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
      detail::parallel_chunks(into.size(), [&](std::int64_t begin, std::int64_t end) {
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

// d max(a, b) = [a > b]·da + [b > a]·db + [a = b]·(da + db)/2
Tensor maximum(const Operand& left, const Operand& right) {
  const detail::OperandPair in("maximum", left, right);
  const Tensor &a = in.a, &b = in.b;
  Tensor y = detail::zip("maximum", kernels().maximum, a, b);
  const auto share = [](const Tensor& own, const Tensor& other, Dtype dtype) {
    return astype(greater(own, other), dtype) + 0.5 * astype(equal(own, other), dtype);
  };
  return record("maximum", y, wrt(a, [a, b, share](const Tensor& g) { return g * share(a, b, g.dtype()); }),
                wrt(b, [a, b, share](const Tensor& g) { return g * share(b, a, g.dtype()); }));
}

namespace {

// write(x, b) in place, and what a tape has to know of it: no rule needs a value, so nothing is protected from the next
// sum, and only x's place in the log moves on.
template <class F>
void sum_in_place(const char* op, void (*write)(Tensor&, const Tensor&), Tensor& x, Tensor b, F rule_for_b) {
  if (!broadcasts_to(b.shape(), x.shape()))
    fail<ShapeError>("{}: {} does not broadcast to {}", op, detail::described(b), detail::described(x));
  if (x.dtype() != b.dtype())
    fail<DtypeError>("{}: dtypes differ: {} and {}; astype converts", op, x.dtype(), b.dtype());
  const detail::Body& body = x.body();
  detail::check_in_place(x, op);
  detail::Log* log = detail::recording();
  const bool x_tracked = log && detail::tracked(log, x), b_tracked = log && detail::tracked(log, b);
  const bool has_views = body.base == &body ? body.views.load(std::memory_order_relaxed) > 0
                                            : body.base->refs.load(std::memory_order_relaxed) > 1;
  if ((x_tracked || b_tracked) && has_views)
    fail<TapeError>(
        "{}: views share the values of this {} tensor, and the tape would not see them change; write x = x {} b", op,
        detail::described(x), op[0]);
  // The places in the log as they are before x moves on; b may be x itself.
  const auto place = [](const Tensor& of) {
    Tensor here = detach(of);
    here.body().serial.store(of.body().serial.load(std::memory_order_relaxed), std::memory_order_relaxed);
    here.body().node = of.body().node;
    return here;
  };
  const Tensor x_before = x_tracked ? place(x) : Tensor(), b_before = b_tracked ? place(b) : Tensor();
  if (b.body().base == body.base) b = detail::copy_values(b);  // else the sum would read what it has written
  write(x, b);
  if (!x_tracked && !b_tracked) return;
  detail::Node& node = detail::append_node(log, op, x);
  if (x_tracked) detail::append_edge(log, node, x_before, 0, [](const Tensor& g) { return g; });
  if (b_tracked) detail::append_edge(log, node, b_before, 1, rule_for_b);
  const Tensor* const inputs[] = {x_tracked ? &x_before : &x, &b};
  if (detail::Observer::current()) detail::notify_recorded(log, x, inputs);
}

}  // namespace

Tensor& operator+=(Tensor& x, const Operand& b) {
  sum_in_place("+=", detail::add_into, x, b.as("+=", x.dtype()), [](const Tensor& g) { return g; });
  return x;
}

Tensor& operator-=(Tensor& x, const Operand& b) {
  const auto subtract = [](Tensor& from, const Tensor& what) { detail::zip_into("-=", kernels().sub, from, what); };
  sum_in_place("-=", subtract, x, b.as("-=", x.dtype()), [](const Tensor& g) { return -g; });
  return x;
}

}  // namespace retrograd
#endif  // HWY_ONCE
