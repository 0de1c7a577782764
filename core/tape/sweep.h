// One sweep: goes backward over the nodes from the loss on, calls the rules of those that are reached, and sums up what
// they return. Does not depend on what rules compute or on who requested the gradients.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "../compute/deferred.h"
#include "gradients.h"
#include "log.h"
#include "node.h"
#include "reached.h"
#include "sums.h"

namespace retrograd::detail {

/// The parameters of a sweep.
struct SweepOrder {
  std::uint32_t mark, last;          ///< from node `last` down to `mark`
  std::span<const Watched> watched;  ///< tensors whose gradients are requested
  bool is_recorded;                  ///< the sweep is itself recorded
  bool consumes;                     ///< rules are released once they have been called
};

class Sweep final : public Cotangents {
 public:
  Sweep(Log& log, const SweepOrder& order, const Reached& reached);

  /// Runs the sweep, starting with this cotangent at the last node.
  void run(const Tensor& cotangent);
  /// The cotangent that arrived at a watched node, in memory not shared with any other gradient, view or cotangent of
  /// the caller. One value for all elements is stored once until the elements are needed (see `spread`).
  Gradients::Entry take(const Watched& one);

  bool wants(std::size_t input) const override;
  void give(std::size_t input, Tensor cotangent) override;
  void give(std::size_t input, Lazy&& cotangent) override;

 private:
  void call_rule(const Edge& edge, Tensor& g);
  void call_joint(Tensor&& g);
  void accumulate(const Edge& edge, Tensor&& more);
  void accumulate_checked(const Edge& edge, const Node& parent, Tensor&& more);
  const Edge* edge_of(std::size_t input) const;
  bool take_lazy(std::uint32_t node, Lazy& cotangent);
  bool let_wait(std::uint32_t node, Lazy& cotangent);
  std::shared_ptr<Deferred>* find_waiting(std::uint32_t node);
  void compute_waiting(std::uint32_t node);

  Log& log_;
  const SweepOrder order_;
  const bool is_observed_;
  const Reached& reached_;
  CotangentSums sums_;
  Node* node_ = nullptr;  // the node whose rules are being called, and its number
  std::uint32_t number_ = 0;
  mutable const Edge* asked_ = nullptr;  // the edge its joint rule last asked about
  // Deferred gradients, and for each node the position of its own among them, from 1.
  std::vector<std::shared_ptr<Deferred>, PoolAllocator<std::shared_ptr<Deferred>>> waiting_;
  std::vector<std::uint32_t, PoolAllocator<std::uint32_t>> waits_;
};

}  // namespace retrograd::detail
