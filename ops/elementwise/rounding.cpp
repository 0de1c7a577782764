#include "rounding.h"

#include <cmath>
#include <limits>

#include "../../core/base/error.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/walk.h"
#include "arithmetic.h"
#include "comparison.h"
#include "logic.h"
#include "scalar_kernels.h"

namespace retrograd {

namespace {

template <class F>
constexpr detail::ByDtype<detail::UnaryRun> rounding(F f) {
  constexpr auto same = [](std::int64_t x) { return x; };
  auto kernels = detail::scalar_unary(f);
  kernels[static_cast<std::size_t>(int64)] = detail::scalar_map_run<decltype(same), std::int64_t>;
  return kernels;
}
template <class F>
constexpr detail::ByDtype<detail::BinaryRun> of_numbers(F f) {
  auto kernels = detail::scalar_binary(f);
  kernels[static_cast<std::size_t>(int64)] = detail::scalar_zip_run<F, std::int64_t>;
  return kernels;
}

constexpr auto kFloor = rounding([](auto x) { return std::floor(x); });
constexpr auto kCeil = rounding([](auto x) { return std::ceil(x); });
constexpr auto kRound =
    rounding([](auto x) { return std::nearbyint(x); });  // to even, unless the host changed the mode
constexpr auto kTrunc = rounding([](auto x) { return std::trunc(x); });

constexpr auto kFmod = of_numbers([]<class T>(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return std::fmod(a, b);
  else
    return b == -1 ? T{0} : a % b;  // the smallest number by −1 overflows in C
});
// The first of two that are NaN, the second where it alone is.
constexpr auto kAtLeast = of_numbers([](auto x, auto low) { return x > low || x != x ? x : low; });
constexpr auto kAtMost = of_numbers([](auto x, auto high) { return x < high || x != x ? x : high; });

void check_divisors(const Tensor& b) {
  detail::for_each_run<1>(b.shape(), {&b},
                          [](std::array<const void*, 1> at, std::array<std::int64_t, 1> step, std::int64_t n) {
                            const auto* values = static_cast<const std::int64_t*>(at[0]);
                            for (std::int64_t i = 0; i < n; ++i)
                              if (values[i * step[0]] == 0) fail("fmod: int64 division by 0");
                          });
}

// trunc(a/b) as y = fmod(a, b) has it: a/b itself may have been rounded up to a whole number that is not reached.
Tensor whole_quotient(const Tensor& a, const Tensor& b, const Tensor& y) {
  const NoTape constant;
  return round((a - y) / b);
}

}  // namespace

Tensor floor(const Tensor& x) { return detail::map("floor", kFloor, x); }
Tensor ceil(const Tensor& x) { return detail::map("ceil", kCeil, x); }
Tensor round(const Tensor& x) { return detail::map("round", kRound, x); }
Tensor trunc(const Tensor& x) { return detail::map("trunc", kTrunc, x); }

Tensor detail::clamp_to_finite(const Tensor& x) {
  const double most = x.dtype() == float32 ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
  return clip(x, -most, most);
}

// d fmod(a, b) = da − trunc(a/b)·db
Tensor fmod(const Operand& left, const Operand& right) {
  const detail::OperandPair in("fmod", left, right);
  const Tensor &a = in.a, &b = in.b;
  if (b.dtype() == int64 && a.size() > 0) check_divisors(b);
  if (!is_recorded(a, b)) return detail::zip_reusing("fmod", kFmod, in);
  Tensor y = detail::zip("fmod", kFmod, a, b);
  return record("fmod", y, wrt(a, [](Tensor g) { return g; }),
                wrt(b, [a, b, y](const Tensor& g) { return -(g * whole_quotient(a, b, y)); }));
}

// d clip(x, l, h) = [h < max(x, l)]·dh + [x < l ≤ h]·dl + [l ≤ x ≤ h]·dx, and NaN·dx where x is NaN
Tensor clip(const Tensor& x, const Operand& low, const Operand& high) {
  const detail::OperandPair lower("clip", x, low), upper("clip", x, high);
  const Tensor &l = lower.b, &h = upper.b;
  if (!low.is_tensor() && !high.is_tensor() && greater(l, h).item<bool>())
    fail("clip: low {} is greater than high {}", l.item<double>(), h.item<double>());
  Tensor y = detail::zip("clip", kAtLeast, x, l);
  y = detail::zip_reusing("clip", kAtMost, std::move(y), h);
  if (!is_recorded(x, l, h)) return y;
  return record("clip", y,
                wrt(x, [x, l, h](const Tensor& g) { return where((x < l) | (x > h), 0, where(isnan(x), x, g)); }),
                wrt(l, [x, l, h](const Tensor& g) { return where((x < l) & (l <= h), g, 0); }),
                wrt(h, [x, l, h](const Tensor& g) { return where((x > h) | (l > h), g, 0); }));
}

}  // namespace retrograd
