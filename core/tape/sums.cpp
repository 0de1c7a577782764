#include "sums.h"

#include <algorithm>

#include "linear.h"

namespace retrograd::detail {

CotangentSums::CotangentSums(Log& log, std::uint32_t mark, std::uint32_t last, std::span<const Watched> watched,
                             bool is_recorded)
    : log_(log), mark_(mark), is_recorded_(is_recorded) {
  // Reserve now, so that the destructor can return the list without allocating.
  if (std::vector<std::vector<Tensor>>& spare = log.spare_cotangents; spare.size() == spare.capacity())
    spare.reserve(spare.size() + 4);
  if (!log.spare_cotangents.empty()) {
    slots_ = std::move(log.spare_cotangents.back());
    log.spare_cotangents.pop_back();
  }
  slots_.resize(last + 1 - mark);
  for (const Watched& one : watched)
    if (one.node < mark) leaves_.emplace_back(one.node, Tensor());
  std::sort(leaves_.begin(), leaves_.end(), [](const Leaf& a, const Leaf& b) { return a.first < b.first; });
  arrivals_.resize(slots_.size() + leaves_.size());
}

CotangentSums::~CotangentSums() {
  slots_.clear();
  if (log_.spare_cotangents.size() < log_.spare_cotangents.capacity())
    log_.spare_cotangents.push_back(std::move(slots_));
}

void CotangentSums::add_both(Tensor& sum, Tensor more) const {
  if (!is_recorded_ && sole_owner(sum))
    add_into(sum, more);
  else if (!is_recorded_ && sole_owner(more))
    add_into(more, sum), sum = std::move(more);
  else
    sum = retrograd::add(sum, more);
}

void CotangentSums::put_aside(std::uint32_t node, int level, Tensor sum) {
  const auto at = std::find_if(partial_.begin(), partial_.end(),
                               [&](const Partial& one) { return one.node == node && one.level == level; });
  if (at == partial_.end()) {
    partial_.push_back({node, level, 1, std::move(sum)});
    return find_next_partial();
  }
  add_to(at->sum, std::move(sum));
  if (++at->terms < kFewTerms) return;
  sum = std::move(at->sum);
  partial_.erase(at);
  put_aside(node, level + 1, std::move(sum));
}

bool CotangentSums::has_partial(std::uint32_t node) const {
  return std::any_of(partial_.begin(), partial_.end(), [&](const Partial& one) { return one.node == node; });
}

// Adds the partial sums of a node to its current sum.
void CotangentSums::gather(std::uint32_t node) {
  if (!has_partial(node)) return;
  Tensor& sum = at(node);
  for (Partial& one : partial_)
    if (one.node == node) add_to(sum, std::move(one.sum));
  std::erase_if(partial_, [&](const Partial& one) { return one.node == node; });
  find_next_partial();
}

void CotangentSums::find_next_partial() {
  next_partial_ = kNone;
  for (const Partial& one : partial_)
    if (one.node >= mark_ && (next_partial_ == kNone || one.node > next_partial_)) next_partial_ = one.node;
}

std::size_t CotangentSums::leaf_index(std::uint32_t node) const {
  const auto at = std::lower_bound(leaves_.begin(), leaves_.end(), node,
                                   [](const Leaf& one, std::uint32_t wanted) { return one.first < wanted; });
  return static_cast<std::size_t>(at - leaves_.begin());
}

}  // namespace retrograd::detail
