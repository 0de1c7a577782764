#include "rounding.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "scalar.h"

namespace retrograd::detail {

namespace {

template <class F>
constexpr ByDtype<UnaryRun> rounding(F f) {
  constexpr auto same = [](std::int64_t x) { return x; };
  auto kernels = scalar_unary(f);
  kernels[static_cast<std::size_t>(int64)] = scalar_map_run<decltype(same), std::int64_t>;
  return kernels;
}
template <class F>
constexpr ByDtype<BinaryRun> of_numbers(F f) {
  auto kernels = scalar_binary(f);
  kernels[static_cast<std::size_t>(int64)] = scalar_zip_run<F, std::int64_t>;
  return kernels;
}

std::int64_t find_zero(const void* x_run, std::int64_t n) {
  const auto* x = static_cast<const std::int64_t*>(x_run);
  return std::find(x, x + n, 0) - x;
}

constexpr RoundingKernels kTable = {
    .floor = rounding([](auto x) { return std::floor(x); }),
    .ceil = rounding([](auto x) { return std::ceil(x); }),
    .round = rounding([](auto x) { return std::nearbyint(x); }),  // to even, in the default rounding mode
    .trunc = rounding([](auto x) { return std::trunc(x); }),
    .fmod = of_numbers([]<class T>(T a, T b) {
      if constexpr (std::is_floating_point_v<T>)
        return std::fmod(a, b);
      else
        return b == -1 ? T{0} : a % b;  // INT64_MIN % −1 overflows in C
    }),
    .at_least = of_numbers([](auto x, auto low) { return x > low || x != x ? x : low; }),
    .at_most = of_numbers([](auto x, auto high) { return x < high || x != x ? x : high; }),
    .find_zero = {nullptr, nullptr, find_zero},
};

}  // namespace

const RoundingKernels& rounding_kernels() { return kTable; }

}  // namespace retrograd::detail
