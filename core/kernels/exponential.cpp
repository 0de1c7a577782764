#define HWY_TARGET_INCLUDE "core/kernels/exponential.cpp"
#include "exponential.h"

#include <cmath>
#include <numbers>

#include "math-inl.h"

RETROGRAD_BEGIN_KERNELS();

// To bases 2 and 10, float32 on vectors of float64, whose digits are enough for powers of the base to be exact; float64
// by the C library.
struct Exp2Wide {
  template <class D, class V>
  V operator()(D d, V x) const {
    return hn::Exp(d, hn::Mul(hn::Clamp(x, hn::Set(d, -200.0), hn::Set(d, 200.0)), hn::Set(d, std::numbers::ln2)));
  }
};
struct Exp2 {
  template <class D, class V>
  V operator()(D d, V x) const {
    return keep_nan(x, in_doubles<Exp2Wide>(d, x));
  }
  static double plain(double x) { return std::exp2(x); }
};
struct Log2Wide {
  template <class D, class V>
  V operator()(D d, V x) const {
    return hn::Mul(Log()(d, x), hn::Set(d, std::numbers::log2e));
  }
};
struct Log2 {
  template <class D, class V>
  V operator()(D d, V x) const {
    return in_doubles<Log2Wide>(d, x);
  }
  static double plain(double x) { return std::log2(x); }
};
struct Log10Wide {
  template <class D, class V>
  V operator()(D d, V x) const {
    return hn::Mul(Log()(d, x), hn::Set(d, std::numbers::log10e));
  }
};
struct Log10 {
  template <class D, class V>
  V operator()(D d, V x) const {
    return in_doubles<Log10Wide>(d, x);
  }
  static double plain(double x) { return std::log10(x); }
};

template <class Op>
constexpr detail::ByDtype<detail::UnaryRun> single_and_plain() {
  return detail::floats<detail::UnaryRun>(map_run<Op, float>, plain_map_run<Op, double>);
}
constexpr detail::ExponentialKernels kTable = {
    .exp = unary_floats<Exp>(),
    .exp2 = single_and_plain<Exp2>(),
    .expm1 = unary_floats<Expm1>(),
    .log = unary_floats<Log>(),
    .log2 = single_and_plain<Log2>(),
    .log10 = single_and_plain<Log10>(),
    .log1p = unary_floats<Log1p>(),
};

RETROGRAD_END_KERNELS(ExponentialKernels, exponential_kernels);
