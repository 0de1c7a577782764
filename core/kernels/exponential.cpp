#define HWY_TARGET_INCLUDE "core/kernels/exponential.cpp"
#include "exponential.h"

#include <cmath>

#include "math-inl.h"

RETROGRAD_BEGIN_KERNELS();

struct Exp2 {
  static auto plain(auto x) { return std::exp2(x); }
};
struct Log2 {
  static auto plain(auto x) { return std::log2(x); }
};
struct Log10 {
  static auto plain(auto x) { return std::log10(x); }
};

constexpr detail::ExponentialKernels kTable = {
    .exp = unary_floats<Exp>(),
    .exp2 = plain_unary_floats<Exp2>(),
    .expm1 = unary_floats<Expm1>(),
    .log = unary_floats<Log>(),
    .log2 = plain_unary_floats<Log2>(),
    .log10 = plain_unary_floats<Log10>(),
    .log1p = unary_floats<Log1p>(),
};

RETROGRAD_END_KERNELS(ExponentialKernels, exponential_kernels);
