#include "line_search.h"

#include <algorithm>
#include <array>
#include <utility>

namespace retrograd::optim::detail {

namespace {

constexpr double kFall = 1e-4, kFlat = 0.9;  // c₁ and c₂ of the conditions
constexpr int kMostTrials = 25;

// The minimizer, clamped to the bounds, of the cubic through two trials; their midpoint if there is none (Nocedal and
// Wright, eq. 3.59).
double cubic_minimum(const Trial& a, const Trial& b, double from, double to) {
  const double d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t), square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (from + to) / 2;
  const double d2 = std::sqrt(square);
  const auto minimum = [&](const Trial& left, const Trial& right) {
    return right.t - (right.t - left.t) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  };
  const double t = a.t <= b.t ? minimum(a, b) : minimum(b, a);
  return std::isnan(t) ? (from + to) / 2 : std::clamp(t, from, to);
}

bool is_lower(const Trial& a, const Trial& b) { return a.is_finite() && (!b.is_finite() || a.loss <= b.loss); }

}  // namespace

Trial strong_wolfe(const Trial& start, double t, double fastest, double tolerance, FunctionRef<Trial(double t)> at) {
  const auto falls_too_little = [&](const Trial& trial) {
    return !trial.is_finite() || trial.loss > start.loss + kFall * trial.t * start.slope;
  };
  const auto is_flat = [&](const Trial& trial) { return std::abs(trial.slope) <= -kFlat * start.slope; };

  Trial before = start, here = at(t);
  int trials = 0;
  for (;;) {  // until the last two trials bracket a step that satisfies the conditions
    if (falls_too_little(here) || (trials > 0 && here.loss >= before.loss)) break;
    if (is_flat(here)) return here;
    if (here.slope >= 0) break;
    const double next = cubic_minimum(before, here, here.t + 0.01 * (here.t - before.t), 10 * here.t);
    before = std::exchange(here, at(next));
    if (++trials == kMostTrials) return is_lower(here, before) ? here : before;
  }

  std::array<Trial, 2> ends{before, here};
  std::size_t low = is_lower(ends[0], ends[1]) ? 0 : 1;
  bool was_near_end = false;
  while (trials < kMostTrials) {
    const auto [from, to] = std::minmax(ends[0].t, ends[1].t);
    if ((to - from) * fastest < tolerance) break;
    t = ends[1 - low].is_finite() ? cubic_minimum(ends[0], ends[1], from, to) : (from + to) / 2;
    // If t is at an end, or near one twice in a row, moves a tenth of the interval away from it.
    const double margin = 0.1 * (to - from);
    const bool near_end = std::min(to - t, t - from) < margin;
    const bool moves = near_end && (was_near_end || t >= to || t <= from);
    if (moves) t = std::abs(t - to) < std::abs(t - from) ? to - margin : from + margin;
    was_near_end = near_end && !moves;

    here = at(t);
    ++trials;
    if (falls_too_little(here) || here.loss >= ends[low].loss) {
      ends[1 - low] = here;
      low = is_lower(ends[0], ends[1]) ? 0 : 1;
      continue;
    }
    if (is_flat(here)) return here;
    if (here.slope * (ends[1 - low].t - ends[low].t) >= 0) ends[1 - low] = ends[low];
    ends[low] = here;
  }
  return ends[low];
}

}  // namespace retrograd::optim::detail
