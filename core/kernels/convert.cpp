#define HWY_TARGET_INCLUDE "core/kernels/convert.cpp"
#include "convert.h"

#include <algorithm>
#include <type_traits>

#include "targets-inl.h"

RETROGRAD_BEGIN_KERNELS();

template <class To, class From>
bool holds(From x) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To> && !std::is_same_v<To, bool>) {
    // The bounds are exact in every floating type; no branch between the comparisons, so that they become vectors.
    constexpr bool kByte = std::is_same_v<To, std::uint8_t>;
    const bool is_above = kByte ? x > From{-1} : x >= static_cast<From>(-0x1p63);
    return is_above & (x < static_cast<From>(kByte ? 256.0 : 0x1p63));
  } else if constexpr (std::is_same_v<From, std::int64_t> && std::is_same_v<To, std::uint8_t>) {
    return x >= 0 && x <= 255;
  } else {
    return true;
  }
}

// By blocks, whether all fit and then all of them, so that the compiler vectorizes both loops where the target can.
template <class From, class To>
std::int64_t convert(const void* x_run, void* y_run, std::int64_t n) {
  constexpr std::int64_t kBlock = 512;
  const From* HWY_RESTRICT x = static_cast<const From*>(x_run);
  To* HWY_RESTRICT y = static_cast<To*>(y_run);
  for (std::int64_t begin = 0; begin < n; begin += kBlock) {
    const std::int64_t end = std::min(n, begin + kBlock);
    int misfits = 0;
    for (std::int64_t i = begin; i < end; ++i) misfits |= !holds<To>(x[i]);
    if (misfits) {
      std::int64_t i = begin;
      while (holds<To>(x[i])) ++i;
      return i;
    }
    for (std::int64_t i = begin; i < end; ++i)
      if constexpr (std::is_same_v<To, bool>)
        y[i] = x[i] != From{0};
      else
        y[i] = static_cast<To>(x[i]);
  }
  return n;
}
template <class From>
constexpr detail::ByDtype<std::int64_t (*)(const void*, void*, std::int64_t)> from() {
  return {convert<From, float>, convert<From, double>, convert<From, std::int64_t>, convert<From, bool>,
          convert<From, std::uint8_t>};
}

template <class T>
std::int64_t one_hot(const void* indices, void* y, std::int64_t n, std::int64_t classes) {
  T* row = static_cast<T*>(y);
  for (std::int64_t i = 0; i < n; ++i, row += classes) {
    const std::int64_t index = static_cast<const std::int64_t*>(indices)[i];
    if (index < 0 || index >= classes) return i;
    row[index] = static_cast<T>(1);
  }
  return n;
}

constexpr detail::ConvertKernels kTable = {
    .convert = {from<float>(), from<double>(), from<std::int64_t>(), from<bool>(), from<std::uint8_t>()},
    .one_hot = {one_hot<float>, one_hot<double>, one_hot<std::int64_t>, one_hot<bool>, one_hot<std::uint8_t>},
};

RETROGRAD_END_KERNELS(ConvertKernels, convert_kernels);
