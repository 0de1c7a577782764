// The inverse of the normal distribution function: M. J. Wichura, algorithm AS 241 (PPND16), Applied Statistics 37
// (1988). The coefficients of its six polynomials, lowest first, and the scalar form of it. Not a public header.
#pragma once
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace retrograd::detail {

struct NormalQuantile {
  static constexpr double kCenter = 0.425, kCenterSquare = 0.180625;  // |p − 1/2| up to which the first quotient holds
  static constexpr double kFar = 5, kTailStart = 1.6;                 // of √(−ln p)
  using Coefficients = double[8];
  static constexpr Coefficients kA = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                      1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                      3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr Coefficients kB = {1.0,
                                      4.2313330701600911252e+1,
                                      6.8718700749205790830e+2,
                                      5.3941960214247511077e+3,
                                      2.1213794301586595867e+4,
                                      3.9307895800092710610e+4,
                                      2.8729085735721942674e+4,
                                      5.2264952788528545610e+3};
  static constexpr Coefficients kC = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                      3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                      2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr Coefficients kD = {1.0,
                                      2.05319162663775882187e0,
                                      1.67638483018380384940e0,
                                      6.89767334985100004550e-1,
                                      1.48103976427480074590e-1,
                                      1.51986665636164571966e-2,
                                      5.47593808499534494600e-4,
                                      1.05075007164441684324e-9};
  static constexpr Coefficients kE = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                      2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                      2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr Coefficients kF = {1.0,
                                      5.99832206555887937690e-1,
                                      1.36929880922735805310e-1,
                                      1.48753612908506148525e-2,
                                      7.86869131145613259100e-4,
                                      1.84631831751005468180e-5,
                                      1.42151175831644588870e-7,
                                      2.04426310338993978564e-15};

  /// Products and sums one by one, never fused: the same bits from plain code as from vectors of any target.
  [[gnu::always_inline]] static double polynomial(const Coefficients& c, double x) {
    double y = c[7];
    for (std::size_t i = 7; i-- > 0;) y = y * x + c[i];
    return y;
  }
  [[gnu::always_inline]] static double central(double q) {  // q = p − 1/2
    const double r = kCenterSquare - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  [[gnu::always_inline]] static double tail(double r) {  // r = √(−ln p) ≤ kFar
    return polynomial(kC, r - kTailStart) / polynomial(kD, r - kTailStart);
  }
  static double far_tail(double r) { return polynomial(kE, r - kFar) / polynomial(kF, r - kFar); }

  /// √(−ln p) for 0 < p < 1. The logarithm is fdlibm's (Sun Microsystems, 1993), without its branches.
  [[gnu::always_inline]] static double root_of_log(double p) {
    constexpr std::uint64_t kRootHalf = 0x3FE6A09E667F3BCD, kOne = std::uint64_t{1023} << 52;
    constexpr double kDigits = 0x1p52;  // p = 2ᵉ·m with m from √½ to √2: e ends in the last digits of a number above it
    const std::uint64_t moved = std::bit_cast<std::uint64_t>(p) + (kOne - kRootHalf);
    const double e = std::bit_cast<double>(moved >> 52 | std::bit_cast<std::uint64_t>(kDigits)) - (kDigits + 1023);
    const double f = std::bit_cast<double>((moved & ((std::uint64_t{1} << 52) - 1)) + kRootHalf) - 1;
    const double s = f / (2 + f), z = s * s, half = 0.5 * f * f;
    const double series = z * (6.666666666666735130e-01 +
                               z * (3.999999999940941908e-01 +
                                    z * (2.857142874366239149e-01 +
                                         z * (2.222219843214978396e-01 +
                                              z * (1.818357216161805012e-01 +
                                                   z * (1.531383769920937332e-01 + z * 1.479819860511658591e-01))))));
    const double rest = s * (half + series) + e * 1.90821492927058770002e-10;
    return std::sqrt(((half - rest) - f) - e * 6.93147180369123816490e-01);
  }

  static double at(double p) {
    const double q = p - 0.5;
    if (std::abs(q) <= kCenter) return central(q);
    const double r = root_of_log(0.5 - std::abs(q)), z = r <= kFar ? tail(r) : far_tail(r);
    return q < 0 ? -z : z;
  }
};

}  // namespace retrograd::detail
