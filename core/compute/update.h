// The door of update rules: tensors are changed in place by arithmetic on neighboring elements. Dtypes, gradients that
// are products not computed yet, tasks of near-equal size and threads are dealt with here, once for every rule.
// Invariant: all or nothing, whatever the arithmetic throws. Does not depend on models or on what a rule computes. Not
// a public header but for what the optimizer holds.
#pragma once
#include <array>
#include <span>

#include "../base/function_ref.h"
#include "../kernels/update_run.h"
#include "product.h"

namespace retrograd::detail {

/// One tensor to be updated, of float32 or float64, and what its rule reads and keeps: all of its shape and dtype.
struct Update {
  Tensor parameter{};  // contiguous
  Tensor gradient{};   // of any layout; not needed where there is a product
  Deferred* product = nullptr;
  std::array<Tensor, optim::kMostStates> states{};  // contiguous; undefined where the rule keeps none
  std::size_t rule = 0;                             // which rule, and which step of this tensor: for the arithmetic
  std::int64_t step = 0;

  // What follows is the door's own, while it works.
  TileGrid tiles{};  // where the product is used up as it is computed
  std::int64_t first_task = 0;
};

/// The arithmetic on elements of either dtype; called for parts of a tensor, on several threads at once.
template <class T>
using UpdateRun = FunctionRef<void(const optim::RunOf<T>&, const Update&)>;

/// Runs the arithmetic on all elements of all tensors. What the engine needs is taken before the first write, and where
/// the arithmetic may throw, copies are kept to go back to. A state that somebody else holds is replaced by a copy.
void update(std::span<Update* const> updates, UpdateRun<float> on_float, UpdateRun<double> on_double, bool may_throw);
/// The same by one function object for both.
template <class F>
void update(std::span<Update* const> updates, F&& arithmetic, bool may_throw) {
  update(updates, UpdateRun<float>(arithmetic), UpdateRun<double>(arithmetic), may_throw);
}

}  // namespace retrograd::detail
