#include "measure.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

#include "points.h"

namespace rg = retrograd;

namespace {

constexpr long kStep = 150;  // differences over 2^-150 of x, or of 1 where x is larger
constexpr mpfr_prec_t kEnough = 100, kMost = 4500;

struct Exact {
  Real value;
  bool is_known = true;  // false at a pole, an end of the domain, or a kink
};

long exponent_of(double x) { return x == 0 ? 0 : std::ilogb(x) + 1; }

Exact exact_value(const Function& f, double x, double y) {
  Real::precision() = 400 + std::max(0L, exponent_of(x)) + std::max(0L, exponent_of(y));
  Exact result{f.exact(x, y)};
  result.is_known = mpfr_nan_p(result.value.get()) == 0;
  return result;
}

// (f(x + h) − f(x − h)) / 2h or (f(x + h) − 2 f(x) + f(x − h)) / h², with as many bits as its terms cancel and more.
Exact exact_derivative(const Function& f, int order, double x, double y) {
  const long step = std::min(0L, exponent_of(x)) - kStep;
  mpfr_prec_t bits = 400 + std::max(0L, exponent_of(x)) - step + std::max(0L, exponent_of(y));
  for (;;) {
    Real::precision() = bits;
    const Real at(x), h = Real(1).scaled(step), fixed(y);
    const Real above = f.exact(at + h, fixed), below = f.exact(at - h, fixed), middle = f.exact(at, fixed);
    if (!above.is_number() || !below.is_number() || !middle.is_number()) return {Real(), false};
    const Real difference = order == 1 ? above - below : above - middle + (below - middle);
    const long lost =
        difference.is_zero() ? bits : (middle.is_zero() ? above : middle).exponent() - difference.exponent();
    if (bits - lost >= kEnough) return {difference.scaled(order == 1 ? -step - 1 : -2 * step)};
    if (bits == kMost) return {Real(0)};  // less than any number of T
    bits = std::min<mpfr_prec_t>(kMost, difference.is_zero() ? 2 * bits : lost + 2 * kEnough);
  }
}

template <class T>
double error_in_ulps(T found, const Real& right, double scale) {
  using Limits = std::numeric_limits<T>;
  if (std::isnan(found)) return std::numeric_limits<double>::infinity();
  if (!right.is_number())
    return right.to_double() == static_cast<double>(found) ? 0 : std::numeric_limits<double>::infinity();
  const long least = right.is_zero() ? Limits::min_exponent : std::max<long>(right.exponent(), Limits::min_exponent);
  const long unit = std::max(least, scale > 0 ? exponent_of(scale) : least) - Limits::digits;
  Real there(static_cast<double>(found));
  if (std::isinf(found)) {  // counts as the number that would come after the largest
    const Real end = Real(1).scaled(Limits::max_exponent);
    there = found > 0 ? end : -end;
    if (found > 0 ? end < right : right < -end) return 0;
  }
  return std::abs((there - right).scaled(-unit).to_double());
}

bool is_kink(const Function& f, double x) {
  for (const double kink : f.by.kinks)
    if (kink == x) return true;
  return false;
}

double scale_at(const Function& f, int order, double x) {
  for (const Root& root : f.by.roots)
    if (root.order == order && root.low <= x && x <= root.high) return root.scale;
  return 0;
}

template <class T>
std::array<std::vector<T>, kOrders> computed(const Function& f, const Points<T>& points) {
  const rg::Shape shape{static_cast<std::int64_t>(points.x.size())};
  const rg::Tensor x = rg::tensor(points.x, shape, rg::dtype_of<T>), y = rg::tensor(points.y, shape, rg::dtype_of<T>);
  const auto total = [&](const rg::Tensor& at) { return rg::sum(f.ours(at, y)); };
  const auto first = rg::grad(total);
  std::array<std::vector<T>, kOrders> found;
  found[0] = f.ours(x, y).template to_vector<T>();
  if (f.by.orders > 1) found[1] = first(x).template to_vector<T>();
  if (f.by.orders > 2)
    found[2] = rg::grad([&](const rg::Tensor& at) { return rg::sum(first(at)); })(x).template to_vector<T>();
  return found;
}

}  // namespace

template <class T>
Errors measure(const Function& f, std::int64_t random, std::int64_t stride, int threads) {
  const Points<T> points = points_of<T>(f, random, stride, 1);
  const auto found = computed<T>(f, points);
  const auto part = [&](std::size_t first, std::size_t step, Errors& errors) {
    for (std::size_t i = first; i < points.x.size(); i += step)
      for (int order = 0; order < f.by.orders; ++order) {
        const double x = points.x[i], y = points.y[i];
        if (order > 0 && (is_kink(f, x) || !std::isfinite(found[0][i]))) continue;
        const Exact right = order == 0 ? exact_value(f, x, y) : exact_derivative(f, order, x, y);
        if (!right.is_known) continue;
        const T ours = found[static_cast<std::size_t>(order)][i];
        const double ulps = error_in_ulps(ours, right.value, scale_at(f, order, x));
        Error& worst = errors.of[static_cast<std::size_t>(order)];
        if (ulps > worst.ulps) worst = {ulps, x, y, static_cast<double>(ours), right.value.to_double()};
      }
  };
  std::vector<Errors> parts(static_cast<std::size_t>(threads));
  std::vector<std::thread> others;
  for (std::size_t i = 0; i < parts.size(); ++i)
    others.emplace_back([&, i] {
      part(i, parts.size(), parts[i]);
      mpfr_free_cache();
    });
  for (std::thread& other : others) other.join();
  Errors all;
  all.points = static_cast<std::int64_t>(points.x.size());
  for (const Errors& one : parts)
    for (std::size_t order = 0; order < kOrders; ++order)
      if (one.of[order].ulps > all.of[order].ulps) all.of[order] = one.of[order];
  return all;
}

template Errors measure<float>(const Function&, std::int64_t, std::int64_t, int);
template Errors measure<double>(const Function&, std::int64_t, std::int64_t, int);
