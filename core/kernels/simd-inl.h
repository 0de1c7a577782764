// The element loops, compiled once per SIMD target (see targets-inl.h). A family defines functors on vectors, and these
// loops feed elements to them, with masks or a padded buffer for the tail, so that a value never depends on its
// position in a run. Not a public header.
#include "targets-inl.h"

#if defined(RETROGRAD_CORE_KERNELS_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RETROGRAD_CORE_KERNELS_SIMD_INL_H_
#undef RETROGRAD_CORE_KERNELS_SIMD_INL_H_
#else
#define RETROGRAD_CORE_KERNELS_SIMD_INL_H_
#endif

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "kernel.h"

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Calls step(i) for each whole vector of a run of n elements, and returns where the rest begins. In a long run, what y
/// and x hold some lines further on is fetched meanwhile: a processor that has much to compute for each element does
/// not look that far ahead by itself.
template <class Step, class T, class... From>
HWY_INLINE std::int64_t for_each_vector(std::int64_t n, std::int64_t lanes, Step step, T* y, const From*... x) {
  constexpr std::int64_t kAhead = 1024 / sizeof(T), kLine = 64 / sizeof(T), kLong = 131072 / sizeof(T);
  const std::int64_t stretch = 16 * lanes;
  std::int64_t i = 0;
  if (n > kLong)
    while (i + stretch <= n) {
      const std::int64_t end = i + stretch;
      for (std::int64_t at = i + kAhead; at < end + kAhead; at += kLine) {
        __builtin_prefetch(y + at, 1);
        (__builtin_prefetch(x + at), ...);
      }
      for (; i < end; i += lanes) step(i);
    }
  for (; i + lanes <= n; i += lanes) step(i);
  return i;
}

/// y[i] = Op(x[i]). Op is Op()(tag, vector).
template <class Op, class T>
void map_run(const void* x_run, void* y_run, std::int64_t n) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const T* x = static_cast<const T*>(x_run);
  T* y = static_cast<T*>(y_run);
  const std::int64_t i = for_each_vector(
      n, lanes, [=](std::int64_t at) HWY_ATTR { hn::StoreU(Op()(d, hn::LoadU(d, x + at)), d, y + at); }, y, x);
  if (i == n) return;
#if HWY_MEM_OPS_MIGHT_FAULT
  const auto bytes = static_cast<std::size_t>(n - i) * sizeof(T);
  HWY_ALIGN T tail[hn::MaxLanes(d)] = {};
  std::memcpy(tail, x + i, bytes);
  hn::Store(Op()(d, hn::Load(d, tail)), d, tail);
  std::memcpy(y + i, tail, bytes);
#else
  const auto tail = hn::FirstN(d, static_cast<std::size_t>(n - i));
  hn::BlendedStore(Op()(d, hn::MaskedLoad(tail, d, x + i)), tail, d, y + i);
#endif
}

/// y[i] = Op(a[i · a_step], b[i · b_step]); steps are 0 or 1.
template <class Op, class T>
void zip_run(const void* a_run, std::int64_t a_step, const void* b_run, std::int64_t b_step, void* y_run,
             std::int64_t n) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const T *a = static_cast<const T*>(a_run), *b = static_cast<const T*>(b_run);
  T* y = static_cast<T*>(y_run);
  std::int64_t i = 0;
  if (a_step && b_step) {
    i = for_each_vector(
        n, lanes,
        [=](std::int64_t at) HWY_ATTR { hn::StoreU(Op()(d, hn::LoadU(d, a + at), hn::LoadU(d, b + at)), d, y + at); },
        y, a, b);
  } else if (a_step) {
    const auto b_all = hn::Set(d, *b);
    i = for_each_vector(
        n, lanes, [=](std::int64_t at) HWY_ATTR { hn::StoreU(Op()(d, hn::LoadU(d, a + at), b_all), d, y + at); }, y, a);
  } else {
    const auto a_all = hn::Set(d, *a);
    i = for_each_vector(
        n, lanes,
        [=](std::int64_t at)
            HWY_ATTR { hn::StoreU(Op()(d, a_all, b_step ? hn::LoadU(d, b + at) : hn::Set(d, *b)), d, y + at); },
        y, b);
  }
  if (i == n) return;
#if HWY_MEM_OPS_MIGHT_FAULT
  const auto left = static_cast<std::size_t>(n - i);
  HWY_ALIGN T a_tail[hn::MaxLanes(d)] = {};
  HWY_ALIGN T b_tail[hn::MaxLanes(d)] = {};
  if (a_step)
    std::memcpy(a_tail, a + i, left * sizeof(T));
  else
    for (std::size_t k = 0; k < left; ++k) a_tail[k] = *a;
  if (b_step)
    std::memcpy(b_tail, b + i, left * sizeof(T));
  else
    for (std::size_t k = 0; k < left; ++k) b_tail[k] = *b;
  hn::Store(Op()(d, hn::Load(d, a_tail), hn::Load(d, b_tail)), d, a_tail);
  std::memcpy(y + i, a_tail, left * sizeof(T));
#else
  const auto tail = hn::FirstN(d, static_cast<std::size_t>(n - i));
  const auto a_tail = a_step ? hn::MaskedLoad(tail, d, a + i) : hn::Set(d, *a);
  const auto b_tail = b_step ? hn::MaskedLoad(tail, d, b + i) : hn::Set(d, *b);
  hn::BlendedStore(Op()(d, a_tail, b_tail), tail, d, y + i);
#endif
}

/// The same in scalar code: Op is Op::plain(a, b). The compiler vectorizes it where it can.
template <class Op, class T, class Out>
void plain_zip_loop(const T* a, const T* b, Out* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = static_cast<Out>(Op::plain(a[i], b[i]));
}
template <class Op, class T, class Out = T>
void plain_zip_run(const void* a_run, std::int64_t a_step, const void* b_run, std::int64_t b_step, void* y_run,
                   std::int64_t n) {
  const T *a = static_cast<const T*>(a_run), *b = static_cast<const T*>(b_run);
  Out* y = static_cast<Out*>(y_run);
  if (a_step && b_step) return plain_zip_loop<Op>(a, b, y, n);
  // A single element is repeated in a block, so that the loop above, a vector loop, serves all steps.
  constexpr std::int64_t kBlock = 256;
  T a_block[kBlock], b_block[kBlock];
  const std::int64_t filled = n < kBlock ? n : kBlock;
  if (!a_step) std::fill_n(a_block, filled, *a);
  if (!b_step) std::fill_n(b_block, filled, *b);
  for (std::int64_t i = 0; i < n; i += kBlock)
    plain_zip_loop<Op>(a_step ? a + i : a_block, b_step ? b + i : b_block, y + i, std::min(kBlock, n - i));
}
template <class Op, class T, class Out = T>
void plain_map_run(const void* x_run, void* y_run, std::int64_t n) {
  const T* x = static_cast<const T*>(x_run);
  Out* y = static_cast<Out*>(y_run);
  for (std::int64_t i = 0; i < n; ++i) y[i] = static_cast<Out>(Op::plain(x[i]));
}

// Kernels by dtype: float32, float64, int64, boolean, uint8.
template <class Op>
constexpr detail::ByDtype<detail::UnaryRun> unary_floats() {
  return {map_run<Op, float>, map_run<Op, double>, nullptr, nullptr, nullptr};
}
template <class Op>
constexpr detail::ByDtype<detail::UnaryRun> unary_numbers() {
  return {map_run<Op, float>, map_run<Op, double>, plain_map_run<Op, std::int64_t>, nullptr, nullptr};
}
template <class Op>
constexpr detail::ByDtype<detail::BinaryRun> binary_floats() {
  return {zip_run<Op, float>, zip_run<Op, double>, nullptr, nullptr, nullptr};
}
template <class Op>
constexpr detail::ByDtype<detail::BinaryRun> binary_numbers() {
  return {zip_run<Op, float>, zip_run<Op, double>, plain_zip_run<Op, std::int64_t>, nullptr, nullptr};
}

// In scalar code, for functions that call the C library or that the compiler vectorizes.
template <class Op>
constexpr detail::ByDtype<detail::UnaryRun> plain_unary_floats() {
  return detail::floats<detail::UnaryRun>(plain_map_run<Op, float>, plain_map_run<Op, double>);
}
template <class Op>
constexpr detail::ByDtype<detail::BinaryRun> plain_binary_floats() {
  return detail::floats<detail::BinaryRun>(plain_zip_run<Op, float>, plain_zip_run<Op, double>);
}

}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
