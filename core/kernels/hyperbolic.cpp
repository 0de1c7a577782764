#define HWY_TARGET_INCLUDE "core/kernels/hyperbolic.cpp"
#include "hyperbolic.h"

#include <cmath>

#include "math-inl.h"

RETROGRAD_BEGIN_KERNELS();

// float32 is computed on vectors of float64, whose range and digits make the plain formulas right; float64 by the C
// library.
struct SinhWide {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V half = hn::Set(d, 0.5), size = hn::Abs(x), z = hn::Mul(x, x);
    const V e = hn::Exp(d, hn::Min(size, hn::Set(d, 200.0)));
    const V far = hn::Mul(hn::Sub(e, hn::Div(hn::Set(d, 1.0), e)), half);
    const V near = hn::MulAdd(hn::Mul(size, z), polynomial(d, z, 1.0 / 120, 1.0 / 6), size);
    return hn::CopySign(hn::IfThenElse(hn::Lt(size, hn::Set(d, 0.0625)), near, far), x);
  }
};
struct CoshWide {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V e = hn::Exp(d, hn::Min(hn::Abs(x), hn::Set(d, 200.0)));
    return hn::Mul(hn::Add(e, hn::Div(hn::Set(d, 1.0), e)), hn::Set(d, 0.5));
  }
};
// ln(a + √(a² + 1))
struct AsinhWide {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V one = hn::Set(d, 1.0), a = hn::Min(hn::Abs(x), hn::Set(d, 1e50)), square = hn::Mul(a, a);
    const V rise = hn::Add(a, hn::Div(square, hn::Add(one, hn::Sqrt(hn::Add(square, one)))));
    return hn::CopySign(hn::IfThenElse(hn::Eq(hn::Abs(x), infinity(d, x)), infinity(d, x), Log1p()(d, rise)), x);
  }
};
// ln(x + √(x² − 1))
struct AcoshWide {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V above = hn::Sub(x, hn::Set(d, 1.0));
    return Log1p()(d, hn::Add(above, hn::Sqrt(hn::Mul(above, hn::Add(above, hn::Set(d, 2.0))))));
  }
};
// ln((1 + a)/(1 − a))/2
struct AtanhWide {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V a = hn::Abs(x), y = Log1p()(d, hn::Div(hn::Add(a, a), hn::Sub(hn::Set(d, 1.0), a)));
    return hn::CopySign(hn::Mul(y, hn::Set(d, 0.5)), x);
  }
};
struct AsinhSlopeWide {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V one = hn::Set(d, 1.0);
    return hn::Div(one, hn::Sqrt(hn::MulAdd(x, x, one)));
  }
};
template <class Wide>
struct Narrow {
  template <class D, class V>
  V operator()(D d, V x) const {
    return keep_nan(x, in_doubles<Wide>(d, x));
  }
};

struct Sinh {
  static double plain(double x) { return std::sinh(x); }
};
struct Cosh {
  static double plain(double x) { return std::cosh(x); }
};
struct Asinh {
  static double plain(double x) { return std::asinh(x); }
};
struct Acosh {
  static double plain(double x) { return std::acosh(x); }
};
struct Atanh {
  static double plain(double x) { return std::atanh(x); }
};
struct AsinhSlope {
  static double plain(double x) { return 1 / std::hypot(x, 1); }
};
struct AcoshSlope {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1));
    return hn::Div(one, hn::Mul(hn::Sqrt(hn::Sub(x, one)), hn::Sqrt(hn::Add(x, one))));
  }
};
struct AtanhSlope {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1));
    return hn::Div(one, hn::Mul(hn::Sub(one, x), hn::Add(one, x)));
  }
};

template <class Wide, class Plain>
constexpr detail::ByDtype<detail::UnaryRun> wide_and_plain() {
  return detail::floats<detail::UnaryRun>(map_run<Narrow<Wide>, float>, plain_map_run<Plain, double>);
}
constexpr detail::HyperbolicKernels kTable = {
    .sinh = wide_and_plain<SinhWide, Sinh>(),
    .cosh = wide_and_plain<CoshWide, Cosh>(),
    .asinh = wide_and_plain<AsinhWide, Asinh>(),
    .acosh = wide_and_plain<AcoshWide, Acosh>(),
    .atanh = wide_and_plain<AtanhWide, Atanh>(),
    .asinh_slope = wide_and_plain<AsinhSlopeWide, AsinhSlope>(),
    .acosh_slope = unary_floats<AcoshSlope>(),
    .atanh_slope = unary_floats<AtanhSlope>(),
};

RETROGRAD_END_KERNELS(HyperbolicKernels, hyperbolic_kernels);
