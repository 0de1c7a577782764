// One generic optimizer: it owns the step count and what its rule keeps for each parameter, walks the model's
// parameters in the order of their fields, and hands their elements to the rule, in tiles that fit a cache and on
// several threads where they are many. A rule is arithmetic on one element: a struct with
//   std::size_t states() const;
//   void update(const Run& run, std::int64_t step) const;
//   void check() const;
// that say how many numbers it keeps for each element (at most two), do the arithmetic on neighbouring elements (called
// for parts of a parameter, on several threads at once), and throw an Error where its settings make no sense.
// Knows nothing of any rule.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "../core/fields.h"
#include "../core/function_ref.h"
#include "../core/gradients.h"
#include "rules.h"

namespace retrograd::optim {

namespace detail {

using retrograd::detail::Path;

/// The parameters of one model, in the order of its fields, each with the state kept for it and, during a step, its
/// gradient.
class Parameters {
 public:
  /// Begins a step: the walk over the model follows.
  void begin();
  /// The next parameter of the walk. Refuses one without a gradient, one that an open tape tracks, and another than
  /// stood in its place at the first step. One that stands in two places of a model is updated once.
  void add(const Path& path, Tensor& parameter, const Gradients& gradients);
  /// After the walk: refuses a model that has lost parameters. Only then may anything be written.
  void end();
  /// Makes what the rule keeps, where it is not there yet.
  void keep(std::size_t states);
  /// Calls update once for every element of every parameter.
  void update(FunctionRef<void(const Run&)> update);

 private:
  struct Slot {
    Shape shape;
    Dtype dtype;
    std::array<Tensor, Run::kMostStates> states;
    Tensor parameter;
    const Gradients::Entry* entry = nullptr;
    Tensor gradient;                      // contiguous; empty where it is a product that is used up as it is computed
    retrograd::detail::TileGrid tiles{};  // of that product
    std::int64_t first_task = 0;
  };
  void fetch_soon(const Slot& slot, std::int64_t at, std::int64_t n) const;
  void run_task(const Slot& slot, std::int64_t task, FunctionRef<void(const Run&)> update) const;
  std::vector<Slot> slots_;
  std::vector<bool> seen_;  // by position among the gradients
  std::size_t count_ = 0, hint_ = 0;
  bool known_ = false;  // a walk has been completed, and every later one must be like it
};

}  // namespace detail

/// Updates the parameters of one model by a rule, and keeps what the rule needs from step to step.
template <class Rule>
class Optimizer {
 public:
  /// Error where the settings of the rule make no sense.
  explicit Optimizer(Rule update_rule) : rule(std::move(update_rule)) { rule.check(); }

  /// Updates every parameter in place by its gradient. All or nothing: a TapeError for a parameter without a gradient
  /// names it, and nothing has been written then. The states belong to one model: a ShapeError where the model has
  /// changed.
  template <HasFields Model>
  void step(Model& model, const Gradients& gradients) {
    rule.check();
    parameters_.begin();
    retrograd::detail::walk_parameters(model, detail::Path(), [&](const detail::Path& path, Tensor& parameter) {
      parameters_.add(path, parameter, gradients);
    });
    parameters_.end();
    parameters_.keep(rule.states());
    parameters_.update([&, step = steps_ + 1](const Run& run) { rule.update(run, step); });
    ++steps_;
  }

  /// The number of steps taken.
  std::int64_t steps() const { return steps_; }

  /// May be changed between steps (a schedule sets its learning rate).
  Rule rule;

 private:
  detail::Parameters parameters_;
  std::int64_t steps_ = 0;
};

}  // namespace retrograd::optim
