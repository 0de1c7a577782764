#define HWY_TARGET_INCLUDE "core/kernels/trigonometric.cpp"
#include "trigonometric.h"

#include <cmath>

#include "math-inl.h"

RETROGRAD_BEGIN_KERNELS();

struct Tan {
  static auto plain(auto x) { return std::tan(x); }
};
struct Asin {
  static auto plain(auto x) { return std::asin(x); }
};
struct Acos {
  static auto plain(auto x) { return std::acos(x); }
};
struct Atan {
  static auto plain(auto x) { return std::atan(x); }
};
struct Atan2 {
  static auto plain(auto a, auto b) { return std::atan2(a, b); }
};
struct AsinSlope {
  static auto plain(auto x) { return 1 / std::sqrt((1 - x) * (1 + x)); }
};
// 1/(1 + x²); for large x (1/x)/(x + 1/x), since the square would overflow where the slope is still representable.
struct AtanSlope {
  static auto plain(auto x) {
    if (!(std::abs(x) > 1)) return 1 / (1 + x * x);
    const auto inverse = 1 / x;
    return inverse / (x + inverse);
  }
};
// a/(a² + b²) without the squares, which may overflow: (1/a)/(1 + (b/a)²), or (a/b)/(1 + (a/b)²)/b if b is larger.
struct OverSquares {
  template <class T>
  static T plain(T a, T b) {
    if (std::isinf(a) || std::isinf(b)) return std::isnan(a) || std::isnan(b) ? a + b : std::copysign(T(0), a);
    if (std::abs(a) >= std::abs(b)) {
      const T ratio = b / a;
      return 1 / a / (1 + ratio * ratio);
    }
    const T ratio = a / b;
    return ratio / (1 + ratio * ratio) / b;
  }
};

constexpr detail::TrigonometricKernels kTable = {
    .sin = unary_floats<Sin>(),
    .cos = unary_floats<Cos>(),
    .tan = plain_unary_floats<Tan>(),
    .asin = plain_unary_floats<Asin>(),
    .acos = plain_unary_floats<Acos>(),
    .atan = plain_unary_floats<Atan>(),
    .atan2 = plain_binary_floats<Atan2>(),
    .asin_slope = plain_unary_floats<AsinSlope>(),
    .atan_slope = plain_unary_floats<AtanSlope>(),
    .over_squares = plain_binary_floats<OverSquares>(),
};

RETROGRAD_END_KERNELS(TrigonometricKernels, trigonometric_kernels);
