#define HWY_TARGET_INCLUDE "core/kernels/error_function.cpp"
#include "error_function.h"

#include "error_function-inl.h"

RETROGRAD_BEGIN_KERNELS();

constexpr detail::ErrorFunctionKernels kTable = {
    .erf = unary_floats<Erf>(),
    .erfc = unary_floats<Erfc>(),
    .bell = binary_floats<Bell>(),
};

RETROGRAD_END_KERNELS(ErrorFunctionKernels, error_function_kernels);
