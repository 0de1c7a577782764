#include "sliding.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace retrograd::detail {

namespace {

std::int64_t floor_of(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }
std::int64_t ceil_of(std::int64_t a, std::int64_t b) { return -floor_of(-a, b); }

// Adds the tap whose element is at (o + shift) · step + phase for sum o, unless it meets nothing.
void add(SlidingAxis& axis, std::int64_t element, std::int64_t shift, std::int64_t phase) {
  const std::int64_t first = shift * axis.step + phase, last = first + (axis.out - 1) * axis.step;
  // The first at or behind 0, if it is one of these, lies within the source.
  const std::int64_t least = first >= 0 ? first : first + ceil_of(-first, axis.step) * axis.step;
  if (least > last || least >= axis.in) return;
  const auto found = std::find(axis.phases.begin(), axis.phases.end(), phase);
  axis.taps.push_back({element, found - axis.phases.begin(), shift});
  if (found == axis.phases.end()) axis.phases.push_back(phase);
}

SlidingAxis& finish(SlidingAxis& axis) {
  if (axis.taps.empty()) return axis;
  const auto shifts = std::minmax_element(axis.taps.begin(), axis.taps.end(),
                                          [](const SlidingTap& a, const SlidingTap& b) { return a.shift < b.shift; });
  axis.low = shifts.first->shift;
  axis.reach = shifts.second->shift - axis.low;
  for (SlidingTap& tap : axis.taps) tap.shift -= axis.low;
  return axis;
}

}  // namespace

std::pair<std::int64_t, std::int64_t> SlidingAxis::inside(std::int64_t from, std::int64_t count,
                                                          std::int64_t phase) const {
  const std::int64_t length = count + reach, start = source(from, 0, phase);
  const std::int64_t begin = std::clamp<std::int64_t>(ceil_of(-start, step), 0, length);
  return {begin, std::clamp(ceil_of(in - start, step), begin, length)};
}

std::int64_t SlidingAxis::zeros_at_both_ends() const {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t phase : phases) {
    const auto [begin, end] = inside(0, out, phase);
    least = std::min({least, begin, out + reach - end});
  }
  return least;
}

void SlidingAxis::unfold() {
  decltype(phases) of_taps;
  for (SlidingTap& tap : taps) {
    of_taps.push_back((tap.shift + low) * step + phases[static_cast<std::size_t>(tap.phase)]);
    tap.phase = static_cast<std::int64_t>(of_taps.size()) - 1;
    tap.shift = 0;
  }
  phases = std::move(of_taps);
  low = reach = 0;
}

SlidingAxis sliding_windows(const WindowAxis& windows) {
  SlidingAxis axis{windows.in, windows.out, windows.stride, 0, 1, 0, 0, {}, {}};
  for (std::int64_t k = 0; k < windows.size; ++k) {
    const std::int64_t at = windows.at(0, k), shift = floor_of(at, windows.stride);
    add(axis, k, shift, at - shift * windows.stride);
  }
  return finish(axis);
}

SlidingAxis sliding_transpose(const WindowAxis& windows, std::int64_t first) {
  const std::int64_t out = first < windows.in ? (windows.in - first - 1) / windows.stride + 1 : 0;
  SlidingAxis axis{windows.out, out, 1, first, windows.stride, 0, 0, {}, {}};
  for (std::int64_t k = 0; k < windows.size; ++k) {
    const std::int64_t at = first - windows.at(0, k);  // of window o = i + at / stride, element k is i · stride + first
    if (at - floor_of(at, windows.stride) * windows.stride == 0) add(axis, k, floor_of(at, windows.stride), 0);
  }
  return finish(axis);
}

}  // namespace retrograd::detail
