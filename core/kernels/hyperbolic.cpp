#include "hyperbolic.h"

#include <cmath>

#include "scalar.h"

namespace retrograd::detail {

namespace {

constexpr HyperbolicKernels kTable = {
    .sinh = scalar_unary([](auto x) { return std::sinh(x); }),
    .cosh = scalar_unary([](auto x) { return std::cosh(x); }),
    .asinh = scalar_unary([](auto x) { return std::asinh(x); }),
    .acosh = scalar_unary([](auto x) { return std::acosh(x); }),
    .atanh = scalar_unary([](auto x) { return std::atanh(x); }),
    .asinh_slope = scalar_unary([](auto x) { return 1 / std::hypot(x, decltype(x)(1)); }),
    .acosh_slope = scalar_unary([](auto x) { return 1 / (std::sqrt(x - 1) * std::sqrt(x + 1)); }),
    .atanh_slope = scalar_unary([](auto x) { return 1 / ((1 - x) * (1 + x)); }),
};

}  // namespace

const HyperbolicKernels& hyperbolic_kernels() { return kTable; }

}  // namespace retrograd::detail
