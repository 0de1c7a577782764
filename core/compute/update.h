// Updates tensors in place by arithmetic on runs of elements. Dtypes, deferred gradients, splitting into tasks of
// nearly equal size, and threads are handled here, once for all rules. Invariant: all or nothing, whatever the
// arithmetic throws. Does not depend on models or on what a rule computes. Not a public header, except for what the
// optimizer holds.
#pragma once
#include <array>
#include <span>

#include "../base/function_ref.h"
#include "../kernels/update_run.h"
#include "product.h"
#include "table_rows.h"

namespace retrograd::detail {

/// A tensor to be updated, float32 or float64, with its gradient and the state of its rule, all of the same shape and
/// dtype.
struct Update {
  Tensor parameter{};  // contiguous
  Tensor gradient{};   // any layout; unused if there is a product
  DeferredProduct* product = nullptr;
  const TableRows::Sums* rows = nullptr;            // in place of a gradient: only these rows are updated
  std::array<Tensor, optim::kMostStates> states{};  // contiguous; undefined if unused
  std::size_t rule = 0;                             // the rule and the step of this tensor, for the arithmetic
  std::int64_t step = 0;

  // Used internally during the update.
  TileGrid tiles{};  // if the product is consumed as it is computed
  std::int64_t first_task = 0;
};

/// The arithmetic on elements of one dtype; called for parts of a tensor, on several threads at once.
template <class T>
using UpdateRun = FunctionRef<void(const optim::RunOf<T>&, const Update&)>;

/// Applies the arithmetic to all elements of all tensors. Memory is allocated before the first write, and if the
/// arithmetic may throw, copies are kept for rolling back. A state with other handles is replaced by a copy.
void update(std::span<Update* const> updates, UpdateRun<float> on_float, UpdateRun<double> on_double, bool may_throw);
/// The same with one function object for both dtypes.
template <class F>
void update(std::span<Update* const> updates, F&& arithmetic, bool may_throw) {
  update(updates, UpdateRun<float>(arithmetic), UpdateRun<double>(arithmetic), may_throw);
}

}  // namespace retrograd::detail
