#include "anomaly.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "../base/error.h"
#include "../tensor/format.h"
#include "../tensor/walk.h"

namespace retrograd {

namespace detail {

ValueRange range_of(const Tensor& x) {
  ValueRange range;
  range.size = x.size();
  range.minimum = std::numeric_limits<double>::infinity(), range.maximum = -range.minimum;
  dispatch(x.dtype(), [&]<class T>() {
    std::int64_t at = 0;
    for_each_run<1>(x.shape(), {&x},
                    [&](std::array<const void*, 1> from, std::array<std::int64_t, 1> step, std::int64_t n) {
                      const T* run = static_cast<const T*>(from[0]);
                      for (std::int64_t i = 0; i < n; ++i, ++at) {
                        const auto value = static_cast<double>(run[i * step[0]]);
                        if (std::isfinite(value)) {
                          range.minimum = std::min(range.minimum, value);
                          range.maximum = std::max(range.maximum, value);
                          continue;
                        }
                        ++(std::isnan(value) ? range.nans : range.infinities);
                        if (range.first_bad < 0) range.first_bad = at, range.bad = value;
                      }
                    });
  });
  return range;
}

}  // namespace detail

namespace {

using detail::ValueRange;

std::string text(const ValueRange& range) {
  std::string text = range.size == 0 ? "no elements"
                     : range.minimum > range.maximum
                         ? "no finite element"
                         : fmt::format("from {:.6g} to {:.6g}", range.minimum, range.maximum);
  if (range.nans) text += fmt::format(", {} nan", range.nans);
  if (range.infinities) text += fmt::format(", {} inf", range.infinities);
  return text;
}

// "inf at [1, 2], 3 of 12 elements not finite"
std::string worst(const ValueRange& range, const Shape& shape) {
  std::string index;
  std::int64_t left = range.first_bad;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    index = fmt::format("{}{}{}", left % shape[axis], index.empty() ? "" : ", ", index);
    left /= shape[axis];
  }
  return fmt::format("{} at [{}], {} of {} elements not finite",
                     std::isnan(range.bad) ? "nan"
                     : range.bad > 0       ? "inf"
                                           : "-inf",
                     index, range.nans + range.infinities, range.size);
}

const char* already(const ValueRange& range) { return range.is_finite() ? "" : ", which is already not finite"; }

// The position of a node among the ops on the tape, not counting the nodes of watched tensors.
std::uint32_t position(detail::Log& log, std::uint32_t node) {
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i <= node; ++i) count += log.nodes[i].kind != detail::NodeKind::watched;
  return count;
}

}  // namespace

AnomalyScope::Values& AnomalyScope::values_on(const detail::Log& log) {
  const std::uint64_t serial = log.serial.load(std::memory_order_relaxed);
  for (Values& values : values_)
    if (values.serial == serial) return values;
  std::erase_if(values_, [](const Values& values) {
    return detail::log_of(values.serial).serial.load(std::memory_order_relaxed) != values.serial;
  });
  values_.push_back({serial, {}});
  return values_.back();
}

void AnomalyScope::recorded(detail::Log& log, std::uint32_t node, const Tensor& y,
                            std::span<const Tensor* const> inputs) {
  const ValueRange range = detail::range_of(y);
  std::vector<ValueRange>& ranges = values_on(log).ranges;
  ranges.resize(node + 1);
  ranges[node] = range;
  if (range.is_finite()) return;
  bool was_not_finite = false;
  std::string given;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& x = *inputs[i];
    if (x.body_or_null() == y.body_or_null()) continue;  // a running sum that was a constant, and has been overwritten
    const ValueRange input = detail::range_of(x);
    was_not_finite = was_not_finite || !input.is_finite();
    given += fmt::format("; input {} {}{}: {}", i, detail::described(x), already(input), text(input));
  }
  if (was_not_finite && range.nans == 0) return;
  detail::fail<AnomalyError>("{}: op {} on the tape returned {}, {} {}{}", log.nodes[node].op, position(log, node),
                             worst(range, y.shape()), y.dtype(), y.shape(), given);
}

void AnomalyScope::sweeping(detail::Log&, std::uint32_t, const Tensor& g) { given_ = detail::range_of(g); }

void AnomalyScope::passed(detail::Log& log, std::uint32_t node, std::uint32_t input, const Tensor& cotangent) {
  const ValueRange range = detail::range_of(cotangent);
  if (range.is_finite()) return;
  const std::vector<ValueRange>& ranges = values_on(log).ranges;
  std::string more;
  for (const detail::Edge* edge = log.nodes[node].edges; edge; edge = edge->next) {
    if (edge->input != input) continue;
    const detail::Watched* leaf = nullptr;
    for (const detail::Watched& one : log.watched)
      if (one.node == edge->parent) leaf = &one;
    more = fmt::format(" {}", detail::described(log.nodes[edge->parent].shape(), leaf ? leaf->name : nullptr));
    if (leaf)
      more += fmt::format(": {}", text(detail::range_of(leaf->key)));
    else if (edge->parent < ranges.size() && ranges[edge->parent].size > 0)
      more += fmt::format(": {}", text(ranges[edge->parent]));
  }
  if (node < ranges.size() && ranges[node].size > 0) more += fmt::format("; the value: {}", text(ranges[node]));
  detail::fail<AnomalyError>(
      "{}: the rule of op {} on the tape returned {}, of its cotangent {} {}; it was given a cotangent{}: {}; "
      "input {}{}",
      log.nodes[node].op, position(log, node), worst(range, cotangent.shape()), cotangent.dtype(), cotangent.shape(),
      already(given_), text(given_), input, more);
}

}  // namespace retrograd
