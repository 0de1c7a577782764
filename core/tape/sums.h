// The cotangents on their way through a sweep: for each node the sum of those that have arrived. The error of a sum
// does not grow with the number of its terms. Does not depend on rules or observers.
#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "../base/storage.h"
#include "../tensor/tensor.h"
#include "log.h"

namespace retrograd::detail {

class CotangentSums {
 public:
  /// For the nodes from `mark` to `last`, and the watched ones before that: the only ones a sweep visits. If the sweep
  /// is itself recorded, sums are ops, and nothing is added in place.
  CotangentSums(Log& log, std::uint32_t mark, std::uint32_t last, std::span<const Watched> watched, bool is_recorded);
  ~CotangentSums();
  CotangentSums(const CotangentSums&) = delete;
  CotangentSums& operator=(const CotangentSums&) = delete;

  /// The current sum of a node; empty if nothing has arrived.
  Tensor& at(std::uint32_t node) { return node >= mark_ ? slots_[node - mark_] : leaf(node); }
  /// The same, complete: including the partial sums.
  Tensor& complete(std::uint32_t node) {
    if (node == next_partial_) [[unlikely]]
      gather(node);
    return at(node);
  }
  /// The same at the end of the sweep, in any order.
  Tensor& final_sum(std::uint32_t node) {
    if (!partial_.empty()) gather(node);
    return at(node);
  }
  /// Adds a cotangent of the node's shape and dtype.
  void add(std::uint32_t node, Tensor more) {
    Tensor& sum = at(node);
    if (sum.defined()) before_adding(node, sum);
    add_to(sum, std::move(more));
  }
  /// The sum of this node, for adding in place; null if that is not possible.
  Tensor* sum_to_add_to(std::uint32_t node) {
    Tensor& sum = at(node);
    if (is_recorded_ || !sum.defined()) return nullptr;
    before_adding(node, sum);
    return sum.defined() && sole_owner(sum) ? &sum : nullptr;
  }
  /// True if nothing has arrived at a node from the mark on.
  bool is_untouched(std::uint32_t node) const { return !slots_[node - mark_].defined() && !has_partial(node); }

 private:
  // The cotangents of a tensor with very many uses are not added one by one, as that error would grow with their
  // number. A few are summed, then a few of these sums, and so on.
  static constexpr int kFewTerms = std::numeric_limits<std::uint8_t>::max() + 1;
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  struct Partial {
    std::uint32_t node;
    int level, terms;
    Tensor sum;
  };
  using Leaf = std::pair<std::uint32_t, Tensor>;

  void before_adding(std::uint32_t node, Tensor& sum) {
    if (++arrivals_[node >= mark_ ? node - mark_ : slots_.size() + leaf_index(node)] == 0) [[unlikely]]
      put_aside(node, 0, std::exchange(sum, Tensor()));
  }
  void add_to(Tensor& sum, Tensor more) const {
    if (!sum.defined())
      sum = std::move(more);
    else
      add_both(sum, std::move(more));
  }
  void add_both(Tensor& sum, Tensor more) const;
  void put_aside(std::uint32_t node, int level, Tensor sum);
  bool has_partial(std::uint32_t node) const;
  void gather(std::uint32_t node);
  void find_next_partial();
  Tensor& leaf(std::uint32_t node) { return leaves_[leaf_index(node)].second; }
  std::size_t leaf_index(std::uint32_t node) const;

  Log& log_;
  const std::uint32_t mark_;
  const bool is_recorded_;
  std::vector<Tensor> slots_;  // sums of the nodes from the mark on
  std::vector<Leaf> leaves_;   // sums of watched tensors before the mark
  // The number of arrivals since the last partial sum was stored, for the nodes from the mark on and the leaves; and
  // the stored sums, of 256, 256², … terms each.
  std::vector<std::uint8_t, PoolAllocator<std::uint8_t>> arrivals_;
  std::vector<Partial, PoolAllocator<Partial>> partial_;
  std::uint32_t next_partial_ = kNone;  // the last node from the mark on with a partial sum
};

}  // namespace retrograd::detail
