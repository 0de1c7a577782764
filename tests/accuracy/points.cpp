#include "points.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace {

template <class T>
void append_fixed(std::vector<T>& x) {
  using Limits = std::numeric_limits<T>;
  for (T power = Limits::denorm_min(); std::isfinite(power); power *= 2) {
    x.push_back(power);
    x.push_back(-power);
  }
  for (const T edge :
       {Limits::max(), Limits::min(), std::nextafter(Limits::min(), T{0}), T(1.5) * Limits::denorm_min()}) {
    x.push_back(edge);
    x.push_back(-edge);
  }
  for (int i = 1; i <= 64; ++i) {  // small integers, halves, and multiples of π/2
    for (const double at : {double(i), i + 0.5, i * 1.5707963267948966, 0.1 * i, i * 0.6931471805599453})
      for (const double side : {at, -at}) x.push_back(static_cast<T>(side));
  }
}

template <class T>
void append_near(std::vector<T>& x, double at, int cost) {
  T below = static_cast<T>(at), above = below;
  x.push_back(below);
  for (int i = 0; i < 20; i += cost) {
    x.push_back(below = std::nextafter(below, -std::numeric_limits<T>::infinity()));
    x.push_back(above = std::nextafter(above, std::numeric_limits<T>::infinity()));
  }
  for (int e = 1; e < std::numeric_limits<T>::digits; e += cost) {
    x.push_back(static_cast<T>(at + std::ldexp(std::max(1.0, std::abs(at)), -e)));
    x.push_back(static_cast<T>(at - std::ldexp(std::max(1.0, std::abs(at)), -e)));
  }
}

template <class T>
T any_exponent(std::mt19937_64& random) {
  using Limits = std::numeric_limits<T>;
  std::uniform_real_distribution<double> mantissa(1, 2);
  std::uniform_int_distribution<int> exponent(Limits::min_exponent - Limits::digits, Limits::max_exponent - 1);
  const T magnitude = static_cast<T>(std::ldexp(mantissa(random), exponent(random)));
  return random() & 1 ? magnitude : -magnitude;
}

template <class T>
T near_one(std::mt19937_64& random, double low, double high) {
  std::uniform_real_distribution<double> in(std::clamp(low, -30.0, 29.0), std::clamp(high, -29.0, 30.0));
  return static_cast<T>(in(random));
}

}  // namespace

template <class T>
Points<T> points_of(const Function& f, std::int64_t random, std::int64_t stride, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::vector<T> fixed;
  append_fixed(fixed);
  std::int64_t place = 0;
  std::erase_if(fixed, [&](T) { return place++ % (stride * f.by.cost) != 0; });
  for (const double at : {0.0, -0.0, 1.0, -1.0}) fixed.push_back(static_cast<T>(at));
  for (const double at : f.by.points) append_near(fixed, at, f.by.cost);
  for (std::int64_t i = 0; i < random / f.by.cost; ++i)
    fixed.push_back(i % 2 ? any_exponent<T>(engine) : near_one<T>(engine, f.by.low, f.by.high));

  Points<T> points;
  for (const T x : fixed) {
    if (!(std::isfinite(x) && x >= f.by.low && x <= f.by.high)) continue;
    points.x.push_back(x);
    points.y.push_back(engine() % 4 == 0 ? any_exponent<T>(engine) : near_one<T>(engine, -30, 30));
  }
  return points;
}

template Points<float> points_of<float>(const Function&, std::int64_t, std::int64_t, std::uint64_t);
template Points<double> points_of<double>(const Function&, std::int64_t, std::int64_t, std::uint64_t);
