// The element types of tensors. float32 is the default, float64 is for gradient checks and extra precision, int64 holds
// indices, boolean holds masks, uint8 holds pixels. Dtypes are never mixed silently: `astype` converts.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "text.h"

namespace retrograd {

/// The type of a tensor's elements.
enum class Dtype : std::uint8_t {
  float32,  ///< IEEE single precision, the default
  float64,  ///< IEEE double precision
  int64,    ///< 64-bit signed integers: indices, class labels
  boolean,  ///< true or false, one byte each: masks
  uint8     ///< bytes: pixels
};

/// Short for Dtype::float32; likewise below.
inline constexpr Dtype float32 = Dtype::float32;
/// Dtype::float64.
inline constexpr Dtype float64 = Dtype::float64;
/// Dtype::int64.
inline constexpr Dtype int64 = Dtype::int64;
/// Dtype::boolean.
inline constexpr Dtype boolean = Dtype::boolean;
/// Dtype::uint8.
inline constexpr Dtype uint8 = Dtype::uint8;
/// The number of dtypes.
inline constexpr int kDtypes = 5;

namespace detail {
/// Calls `f.template operator()<T>()` with the C++ type T of a dtype. dispatch<float, double> instantiates f for these
/// two types only; the dtype must be float32 or float64.
template <class... Known, class F>
constexpr decltype(auto) dispatch(Dtype dtype, F&& f) {
  if constexpr (sizeof...(Known) > 0) {
    static_assert(std::is_same_v<void(Known...), void(float, double)>);
    if (dtype == Dtype::float64) return f.template operator()<double>();
  } else {
    switch (dtype) {
      case Dtype::float64:
        return f.template operator()<double>();
      case Dtype::int64:
        return f.template operator()<std::int64_t>();
      case Dtype::boolean:
        return f.template operator()<bool>();
      case Dtype::uint8:
        return f.template operator()<std::uint8_t>();
      case Dtype::float32:
        break;
    }
  }
  return f.template operator()<float>();
}
}  // namespace detail

/// Bytes of one element.
constexpr std::size_t size_of(Dtype dtype) {
  return detail::dispatch(dtype, []<class T>() { return sizeof(T); });
}

/// The name: NumPy's, except that boolean is NumPy's bool.
constexpr std::string_view name(Dtype dtype) {
  constexpr std::string_view kNames[kDtypes] = {"float32", "float64", "int64", "boolean", "uint8"};
  return kNames[static_cast<int>(dtype)];
}

/// True for float32 and float64, the dtypes that have gradients.
constexpr bool is_floating(Dtype dtype) { return dtype == Dtype::float32 || dtype == Dtype::float64; }

/// The dtype of a C++ type: floating-point types other than float map to float64, integers other than uint8 to int64.
template <class T>
inline constexpr Dtype dtype_of = std::is_same_v<T, bool>           ? Dtype::boolean
                                  : std::is_same_v<T, float>        ? Dtype::float32
                                  : std::is_floating_point_v<T>     ? Dtype::float64
                                  : std::is_same_v<T, std::uint8_t> ? Dtype::uint8
                                                                    : Dtype::int64;

/// The C++ types that elements have in memory.
template <class T>
concept Element = std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, std::int64_t> ||
    std::is_same_v<T, bool> || std::is_same_v<T, std::uint8_t>;

}  // namespace retrograd

template <>
struct fmt::formatter<retrograd::Dtype> : retrograd::detail::TextFormatter {
  auto format(retrograd::Dtype dtype, fmt::format_context& context) const {
    return write(retrograd::name(dtype), context);
  }
};
