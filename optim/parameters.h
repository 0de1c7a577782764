// The parameters of one model as an optimizer sees them: in the order of its fields, each with its state, its groups,
// and during a step its gradient. Everything is checked before anything is written. Not a public header.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "../core/base/function_ref.h"
#include "../core/compute/update.h"
#include "../core/tape/gradients.h"
#include "../core/tensor/fields.h"
#include "missing.h"
#include "rule.h"

namespace retrograd::optim {

/// Selects parameters by their dotted names, such as "layers.0.bias".
using NamePredicate = std::function<bool(std::string_view name)>;

namespace detail {

using retrograd::detail::Path;

/// The names of the state that the rule with this number keeps.
using StatesOf = FunctionRef<StateNames(std::size_t rule)>;

/// True if the rule with this number, in this step, leaves an element whose gradient is 0 as it is.
using SkipsZeros = FunctionRef<bool(std::size_t rule, std::int64_t step)>;

/// Error where a group has no function to change its rule.
void check_change(bool is_there);

class Parameters {
 public:
  /// Starts a walk over the model.
  void begin();
  /// The next parameter of the walk. Error where it differs from the one at the first step. A parameter that occurs in
  /// two places of a model counts once, under its first name.
  void add(const Path& path, Tensor& parameter);
  /// Ends the walk. Error where the model has lost parameters, or a selection matches none, which is then dropped.
  void end();

  /// Freezes or unfreezes the matching parameters from the next walk on. Error where none matches, once the names are
  /// known.
  void freeze(NamePredicate which, bool frozen);
  /// Adds the matching parameters to the next group. Error where none matches, once the names are known.
  void group(NamePredicate which);
  /// For each rule in use, the groups that change it: bit i for group i.
  const std::vector<std::uint64_t>& rules() const { return rules_; }

  /// Finds the gradients. Error for a parameter without one unless it is frozen or `missing` says otherwise, for
  /// gradients of another model, and for a parameter that an open tape tracks.
  void take(const Gradients& gradients, Missing missing);
  /// Allocates missing state, and drops state that the rule no longer keeps.
  void keep(StatesOf states);
  /// Runs the rules on all parameters that are neither frozen nor skipped, all or nothing, and counts the step.
  void update(retrograd::detail::UpdateRun<float> on_float, retrograd::detail::UpdateRun<double> on_double,
              bool may_throw, SkipsZeros skips_zeros);

  /// The state, after a walk: for each parameter its number of steps and, if it has been updated, its state.
  std::vector<Parameter> list(StatesOf states, std::int64_t steps) const;
  /// Restores a state, after a walk, by copying, and returns the number of steps. Error for missing, duplicate or
  /// unknown names, and different shapes or dtypes.
  std::int64_t load(StatesOf states, std::span<const Parameter> from);

 private:
  // The state persists from step to step; the parameter is set from its walk to the end of a step, and the gradient
  // during one.
  struct Slot : retrograd::detail::Update {
    Slot(const Tensor& first, const std::string& interned)
        : shape(first.shape()), dtype(first.dtype()), name(&interned) {}
    Shape shape;
    Dtype dtype;
    const std::string* name;
    std::int64_t steps = 0;  // updates since its state was created
    bool frozen = false;
    bool skipped = false;                     // in this step, since it has no gradient
    const Gradients::Entry* entry = nullptr;  // null without a gradient

    bool is_idle() const { return frozen || skipped; }
  };
  struct Choice {
    NamePredicate which;  // null once dropped, so that later ones keep their numbers
    enum Kind { kFreeze, kThaw, kGroup } kind;
  };
  void take_in(Choice choice);
  void choose();
  std::vector<Slot> slots_;
  std::vector<std::size_t> visits_;  // the slot of each visit of the walk: an earlier slot where a tensor occurs twice
  std::unordered_map<const retrograd::detail::Body*, std::size_t>
      first_visits_;  // during the first walk, the same by tensor
  std::size_t visited_ = 0, count_ = 0;
  bool known_ = false;  // a walk has been accepted, and every later one must match it
  std::vector<Choice> choices_;
  std::size_t groups_ = 0;
  bool chosen_ = false;
  std::vector<std::uint64_t> rules_;
};

}  // namespace detail
}  // namespace retrograd::optim
