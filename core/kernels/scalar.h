// Kernels that call a plain function for each element, compiled once: for ops that are never a bottleneck, at the few
// nanoseconds per element of the C library. Hot ops have vector kernels instead (simd-inl.h). Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

template <class F, class T, class Out = T>
void scalar_map_run(const void* x_run, void* y_run, std::int64_t n) {
  const T* x = static_cast<const T*>(x_run);
  Out* y = static_cast<Out*>(y_run);
  for (std::int64_t i = 0; i < n; ++i) y[i] = static_cast<Out>(F()(x[i]));
}
template <class F, class T, class Out = T>
void scalar_zip_run(const void* a_run, std::int64_t a_step, const void* b_run, std::int64_t b_step, void* y_run,
                    std::int64_t n) {
  const T *a = static_cast<const T*>(a_run), *b = static_cast<const T*>(b_run);
  Out* y = static_cast<Out*>(y_run);
  for (std::int64_t i = 0; i < n; ++i) y[i] = static_cast<Out>(F()(a[i * a_step], b[i * b_step]));
}

/// y = f(x) and y = f(a, b) for float32 and float64; f is a generic lambda that captures nothing.
template <class F>
constexpr ByDtype<UnaryRun> scalar_unary(F) {
  return floats<UnaryRun>(scalar_map_run<F, float>, scalar_map_run<F, double>);
}
template <class F>
constexpr ByDtype<BinaryRun> scalar_binary(F) {
  return floats<BinaryRun>(scalar_zip_run<F, float>, scalar_zip_run<F, double>);
}

}  // namespace retrograd::detail
