// One generic optimizer: it owns the step count and a state for each parameter, walks the model's parameters in the
// order of their fields, and hands each to its rule. A rule is arithmetic on one parameter: a struct with a State and
//   void update(Tensor& parameter, const Tensor& gradient, State& state, std::int64_t step) const.
// Knows nothing of any rule.
#pragma once
#include <cstdint>
#include <vector>

#include "../core/error.h"
#include "../core/fields.h"
#include "../core/format.h"
#include "../core/gradients.h"

namespace retrograd::optim {

template <class Rule>
class Optimizer {
 public:
  explicit Optimizer(Rule update_rule) : rule(std::move(update_rule)) { rule.check(); }

  /// Updates every parameter in place by its gradient. All or nothing: a TapeError for a parameter without a gradient
  /// names it, and nothing has been written then. The states belong to one model: a ShapeError where the model has
  /// changed.
  template <HasFields Model>
  void step(Model& model, const Gradients& gradients) {
    rule.check();
    pending_.clear();
    std::size_t hint = 0;
    detail::walk_fields(model, detail::Path(), [&](const detail::Path& path, Tensor& parameter) {
      for (const Pending& one : pending_)
        if (one.parameter.body_or_null() == parameter.body_or_null()) return;
      const Gradients::Entry* entry = gradients.find(parameter, hint);
      if (!entry || !entry->value.defined())
        fail<TapeError>("optimizer: no gradient for {} ({} {}): the loss does not depend on it, or it was not watched",
                        path.str(), parameter.dtype(), parameter.shape());
      detail::check_writable(parameter, "optimizer");
      const std::size_t position = pending_.size();
      if (position < states_.size() &&
          !(states_[position].shape == parameter.shape() && states_[position].dtype == parameter.dtype()))
        fail<ShapeError>("optimizer: {} is {} {}, but {} {} stood in its place at the first step", path.str(),
                         parameter.dtype(), parameter.shape(), states_[position].dtype, states_[position].shape);
      pending_.push_back({parameter, entry->value});
    });
    if (!states_.empty() && states_.size() != pending_.size())
      fail<ShapeError>("optimizer: the model has {} parameters, but had {} at the first step", pending_.size(),
                       states_.size());
    for (std::size_t i = states_.size(); i < pending_.size(); ++i)
      states_.push_back({pending_[i].parameter.shape(), pending_[i].parameter.dtype(), {}});
    ++steps_;
    for (std::size_t i = 0; i < pending_.size(); ++i)
      rule.update(pending_[i].parameter, pending_[i].gradient, states_[i].state, steps_);
    pending_.clear();
  }

  /// The number of steps taken.
  std::int64_t steps() const { return steps_; }

  /// May be changed between steps (a schedule sets its learning rate).
  Rule rule;

 private:
  struct Pending {
    Tensor parameter, gradient;
  };
  struct Slot {
    Shape shape;
    Dtype dtype;
    typename Rule::State state;
  };
  std::vector<Slot> states_;
  std::vector<Pending> pending_;
  std::int64_t steps_ = 0;
};

}  // namespace retrograd::optim
