#include "special.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "scalar.h"

namespace retrograd::detail {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kLargestFactorial = 170;  // the largest that float64 can represent

// cot πx from the distance of x to the nearest integer or half-integer, which is exact, so that the result is accurate
// near its poles and zeros.
template <class T>
T cot_pi(T x) {
  const T r = x - std::round(x), turn = std::abs(r);
  const T size =
      turn < T(0.25) ? 1 / std::tan(std::numbers::pi_v<T> * turn) : std::tan(std::numbers::pi_v<T> * (T(0.5) - turn));
  return std::copysign(size, r);
}

// xⁿ; for small n, multiplication is much faster.
double power(double x, int n) {
  if (n > 16) return std::pow(x, n);
  double y = x;
  for (int i = 1; i < n; ++i) y *= x;
  return y;
}

// ψ⁽ⁿ⁾(x)| for x > 0 and n > 0: 6.4.6, recurrence: n!·Σ_{k<N} (x + k)^(−n−1), and from a = x + N on 6.4.11: (n −
// 1)!/aⁿ·[1 + n/2a + Σ B₂ₖ/(2k)!·n(n + 1)…(n + 2k − 1)/a²ᵏ]; both relative to (n − 1)!/xⁿ.
double polygamma_size(int n, double x) {
  if (std::isinf(x)) return 0;
  double scale = 1 / x;
  if (n <= kLargestFactorial)
    for (int i = 1; i < n; ++i) scale *= i / x;
  else
    scale = std::exp(ln_gamma(static_cast<double>(n)) - n * std::log(x));
  double sum = 0, a = x;
  while (a < n + 15) {
    const double term = power(x / std::exchange(a, a + 1), n + 1);
    sum += term;
    if (term < 1e-20) return scale * (n / x * sum);  // the remaining terms are even smaller
  }
  constexpr double kTerms[] = {// B₂ₖ/(2k)!
                               8.3333333333333333e-2,  -1.3888888888888889e-3,  3.3068783068783069e-5,
                               -8.2671957671957672e-7, 2.0876756987868099e-8,   -5.2841901386874932e-10,
                               1.3382536530684679e-11, -3.3896802963225829e-13, 8.5860620562778446e-15,
                               -2.1748686985580619e-16};
  double series = 1 + n / (2 * a), factor = 1, i = n;
  for (double term : kTerms) {
    factor *= i / a * ((i + 1) / a);
    series += term * factor;
    i += 2;
  }
  return scale * (n / x * sum + power(x / a, n) * series);
}

// dⁿ(π·cot πx)/dxⁿ = n!·Q(c) with c = cot πx: Q₀ = πc, and since dc/dx = −π(1 + c²), Qₖ₊₁ = −π/(k + 1)·(1 + c²)·Qₖ′.
// For c > 0 all terms of a Q have the same sign, so nothing cancels.
double cot_derivative(int n, double x) {
  const double c = cot_pi(x);
  if (n > kLargestFactorial || std::isinf(c)) return c == 0 && n % 2 == 0 ? 0 : n % 2 == 0 ? c * kInfinity : -kInfinity;
  std::array<double, kLargestFactorial + 3> q{};  // the coefficient of c^j
  q[1] = std::numbers::pi;
  double factorial = 1;
  for (int k = 0; k < n; ++k) {
    const double factor = -std::numbers::pi / (k + 1);
    double before = 0;  // the previous value of q[j − 1]
    for (std::size_t j = 0; j <= static_cast<std::size_t>(k) + 2; ++j) {
      const auto degree = static_cast<double>(j);
      before = std::exchange(q[j], factor * ((degree + 1) * q[j + 1] + (degree - 1) * before));
    }
    factorial *= k + 1;
  }
  double y = 0;
  for (int j = n + 1; j >= 0; --j) y = y * c + q[static_cast<std::size_t>(j)];
  return factorial * y;
}

// 6.4.7, reflection: ψ⁽ⁿ⁾(x) = (−1)ⁿ·ψ⁽ⁿ⁾(1 − x) − dⁿ(π·cot πx)/dxⁿ
double poly_psi(int n, double x) {
  if (std::isnan(x)) return x;
  const bool is_odd = n % 2 == 1;
  if (x > 0) return is_odd ? polygamma_size(n, x) : -polygamma_size(n, x);
  if (std::isinf(x)) return kNan;
  if (x == std::floor(x)) return is_odd ? kInfinity : -kInfinity;
  const double reflected = cot_derivative(n, x);
  return std::isinf(reflected) ? -reflected : -polygamma_size(n, 1 - x) - reflected;  // the reflected term dominates
}

constexpr SpecialKernels kTable = {
    .polygamma = scalar_binary([](auto x, auto n) { return poly_psi(static_cast<int>(n), static_cast<double>(x)); }),
};

}  // namespace

// The reentrant versions: std::lgamma writes a global sign.
float ln_gamma(float x) {
  int sign;
  return ::lgammaf_r(x, &sign);
}
double ln_gamma(double x) {
  int sign;
  return ::lgamma_r(x, &sign);
}

// Abramowitz & Stegun 6.3.7, reflection: ψ(x) = ψ(1 − x) − π·cot πx; 6.3.5, recurrence: ψ(x) = ψ(x + 1) − 1/x;
// 6.3.18: ψ(x) ~ ln x − 1/2x − Σ B₂ₖ/(2k·x²ᵏ).
// The steps of the recurrence cancel, so they use extended precision.
double digamma_of(double at) {
  if (at == 0) return std::copysign(kInfinity, -at);
  long double x = at, y = 0;
  if (x < 0) {
    if (at == std::floor(at)) return kNan;  // −∞ too
    y = -std::numbers::pi_v<long double> * cot_pi(x);
    x = 1 - x;
  }
  while (x < 12) y -= 1 / std::exchange(x, x + 1);
  constexpr long double kTerms[] = {1.0L / 12,  -1.0L / 120,     1.0L / 252, -1.0L / 240,
                                    1.0L / 132, -691.0L / 32760, 1.0L / 12,  -3617.0L / 8160};
  const long double r = 1 / x;
  long double series = 0, power = 1;
  for (long double term : kTerms) series += term * (power *= r * r);
  return static_cast<double>(y + (std::log(x) - r / 2 - series));
}

const SpecialKernels& special_kernels() { return kTable; }

}  // namespace retrograd::detail
