// The parameters of one model as an optimizer sees them: in the order of its fields, each with what is kept for it, the
// groups it is in, and during a step its gradient. Nothing is written before everything has been checked. Not a room of
// its own: optimizer.h is.
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

/// Chooses parameters by their dotted names, such as "layers.0.bias".
using NamePredicate = std::function<bool(std::string_view name)>;

namespace detail {

using retrograd::detail::Path;

/// What the rule that serves a parameter keeps, by the rule's number.
using StatesOf = FunctionRef<StateNames(std::size_t rule)>;

/// Error where a group has no function to change its rule by.
void check_change(bool is_there);

class Parameters {
 public:
  /// Begins a walk over the model.
  void begin();
  /// The next parameter of the walk. Refuses another than was there at the first step. One that stands in two
  /// places of a model is one, under its first name.
  void add(const Path& path, Tensor& parameter);
  /// After the walk: refuses a model that has lost parameters, and a choice that fits none of them, which is forgotten.
  void end();

  /// Those that fit are frozen, or unfrozen, from the next walk on. Refuses what fits none, once the names are known.
  void freeze(NamePredicate which, bool frozen);
  /// Those that fit are in a group, the next of its kind. Refuses what fits none, once the names are known.
  void group(NamePredicate which);
  /// For each rule that is needed, the groups that change it: bit i for group i.
  const std::vector<std::uint64_t>& rules() const { return rules_; }

  /// Finds the gradients. Refuses a parameter without one unless it is frozen or `missing` says otherwise, gradients of
  /// none of the parameters, and a parameter that an open tape tracks.
  void take(const Gradients& gradients, Missing missing);
  /// Makes what the rules keep, where it is not there yet, and drops what they do not.
  void keep(StatesOf states);
  /// Runs the arithmetic of the rules on all parameters that are neither frozen nor skipped, all or nothing, and counts
  /// the step.
  void update(retrograd::detail::UpdateRun<float> on_float, retrograd::detail::UpdateRun<double> on_double,
              bool may_throw);

  /// What is kept, after a walk: for each parameter its number of steps and, where there were any, its states.
  std::vector<Parameter> list(StatesOf states, std::int64_t steps) const;
  /// The inverse, after a walk: takes copies of what is listed and returns the number of steps. Refuses names that are
  /// missing, twice or unknown, and other shapes or dtypes.
  std::int64_t load(StatesOf states, std::span<const Parameter> from);

 private:
  // The states stay from step to step; the parameter is there from its walk to the end of a step, its gradient during
  // one.
  struct Slot : retrograd::detail::Update {
    Slot(const Tensor& first, const std::string& interned)
        : shape(first.shape()), dtype(first.dtype()), name(&interned) {}
    Shape shape;
    Dtype dtype;
    const std::string* name;
    std::int64_t steps = 0;  // that updated it since its states were made
    bool frozen = false;
    bool skipped = false;                     // in this step, for want of a gradient
    const Gradients::Entry* entry = nullptr;  // null where there is no gradient

    bool is_idle() const { return frozen || skipped; }
  };
  struct Choice {
    NamePredicate which;  // null where it was forgotten: those after it keep their numbers
    enum Kind { kFreeze, kThaw, kGroup } kind;
  };
  void take_in(Choice choice);
  void choose();
  std::vector<Slot> slots_;
  std::vector<std::size_t> visits_;  // by place in the walk, the slot: an earlier one where a tensor stands twice
  std::unordered_map<const retrograd::detail::Body*, std::size_t> first_visits_;  // during a first walk, the same
  std::size_t visited_ = 0, count_ = 0;
  bool known_ = false;  // a walk has been accepted, and every later one must be like it
  std::vector<Choice> choices_;
  std::size_t groups_ = 0;
  bool chosen_ = false;
  std::vector<std::uint64_t> rules_;
};

}  // namespace detail
}  // namespace retrograd::optim
