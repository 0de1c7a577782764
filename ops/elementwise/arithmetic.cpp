#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/elementwise/arithmetic.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../../core/kernels/simd-inl.h"

#ifndef RETROGRAD_OPS_ARITHMETIC_KERNELS
#define RETROGRAD_OPS_ARITHMETIC_KERNELS
namespace retrograd {
struct ArithmeticKernels {
  detail::ByDtype<detail::BinaryRun> sub, mul, div, maximum, minimum;
  detail::ByDtype<detail::UnaryRun> neg, square, abs, sign, reciprocal;
  // y += a·b
  detail::ByDtype<void (*)(const void* a, const void* b, void* y, std::int64_t n)> add_product;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

// Integers wrap around, as NumPy's do; signed, that would be undefined.
constexpr std::uint64_t bits(std::int64_t x) { return static_cast<std::uint64_t>(x); }

struct Sub {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    return hn::Sub(a, b);
  }
  static std::int64_t plain(std::int64_t a, std::int64_t b) { return static_cast<std::int64_t>(bits(a) - bits(b)); }
};
struct Mul {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    return hn::Mul(a, b);
  }
  static std::int64_t plain(std::int64_t a, std::int64_t b) { return static_cast<std::int64_t>(bits(a) * bits(b)); }
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
struct Minimum {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    const V smaller = hn::IfThenElse(hn::Lt(a, b), a, b);  // b where b is NaN
    return hn::IfThenElse(hn::Eq(a, a), smaller, a);
  }
  static std::int64_t plain(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
};
struct Neg {
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Neg(x);
  }
  static std::int64_t plain(std::int64_t x) { return static_cast<std::int64_t>(-bits(x)); }
};
struct Square {
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Mul(x, x);
  }
  static std::int64_t plain(std::int64_t x) { return static_cast<std::int64_t>(bits(x) * bits(x)); }
};
struct Abs {
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Abs(x);
  }
  static std::int64_t plain(std::int64_t x) { return x < 0 ? static_cast<std::int64_t>(-bits(x)) : x; }
};
struct Sign {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V zero = hn::Zero(d), one = hn::Set(d, static_cast<hn::TFromD<D>>(1));
    return hn::IfThenElse(hn::Gt(x, zero), one, hn::IfThenElse(hn::Lt(x, zero), hn::Neg(one), x));
  }
  static std::int64_t plain(std::int64_t x) { return (x > 0) - (x < 0); }
};

struct Reciprocal {
  template <class D, class V>
  V operator()(D d, V x) const {
    return hn::Div(hn::Set(d, static_cast<hn::TFromD<D>>(1)), x);
  }
};

// A plain loop: the compiler vectorizes it for each target.
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
                                                 binary_numbers<Minimum>(),
                                                 unary_numbers<Neg>(),
                                                 unary_numbers<Square>(),
                                                 unary_numbers<Abs>(),
                                                 unary_numbers<Sign>(),
                                                 unary_floats<Reciprocal>(),
                                                 {add_product<float>, add_product<double>, nullptr, nullptr, nullptr}};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../../core/tape/tape.h"
#include "arithmetic.h"
#include "comparison.h"

namespace retrograd {

namespace {
const ArithmeticKernels& kernels() { return *RETROGRAD_DISPATCH(arithmetic_kernels)(); }
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
#endif  // HWY_ONCE
