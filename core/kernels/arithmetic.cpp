#define HWY_TARGET_INCLUDE "core/kernels/arithmetic.cpp"
#include "arithmetic.h"

#include "simd-inl.h"

RETROGRAD_BEGIN_KERNELS();

// Integers wrap around as in NumPy; with signed types that would be undefined.
constexpr std::uint64_t bits(std::int64_t x) { return static_cast<std::uint64_t>(x); }

struct Add {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    return hn::Add(a, b);
  }
  static std::int64_t plain(std::int64_t a, std::int64_t b) { return static_cast<std::int64_t>(bits(a) + bits(b)); }
};
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

constexpr detail::ArithmeticKernels kTable = {
    .add = binary_numbers<Add>(),
    .sub = binary_numbers<Sub>(),
    .mul = binary_numbers<Mul>(),
    .div = binary_floats<Div>(),
    .maximum = binary_numbers<Maximum>(),
    .minimum = binary_numbers<Minimum>(),
    .neg = unary_numbers<Neg>(),
    .square = unary_numbers<Square>(),
    .abs = unary_numbers<Abs>(),
    .sign = unary_numbers<Sign>(),
    .reciprocal = unary_floats<Reciprocal>(),
    .add_product = detail::floats(add_product<float>, add_product<double>),
};

RETROGRAD_END_KERNELS(ArithmeticKernels, arithmetic_kernels);
