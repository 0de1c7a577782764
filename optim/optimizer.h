// The generic optimizer: owns the step count and the rule's state for each parameter, walks the model's parameters in
// the order of their fields, and hands their elements to the rule (see rule.h) through core/compute/update. Groups of
// parameters, chosen by name, have their own settings; frozen parameters are not changed. Does not depend on any rule.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "parameters.h"
#include "rules.h"

namespace retrograd::optim {

/// Updates the parameters of one model by a rule, and keeps the rule's state from step to step.
template <UpdateRule Rule>
class Optimizer {
 public:
  /// Error where a setting of the rule is invalid.
  explicit Optimizer(Rule update_rule, Missing without_gradient = Missing::error)
      : rule(std::move(update_rule)), missing(without_gradient) {
    rule.check();
  }

  /// Updates every parameter in place by its gradient, or by that of an alias of it. All or nothing: throws a TapeError
  /// that names a parameter without a gradient (unless it is frozen, or `missing` says otherwise), and writes nothing
  /// then, nor if memory runs out or the rule throws. The state belongs to one model: a ShapeError where the model has
  /// changed.
  template <HasFields Model>
  void step(Model& model, const Gradients& gradients) {
    static_assert(!std::is_const_v<Model>, "step writes the model's parameters: the model must not be const");
    rule.check();
    walk(parameters_, model);
    set_rules(parameters_, rules_);
    parameters_.take(gradients, missing);
    parameters_.keep([&](std::size_t which) { return rules_[which].states(); });
    const auto arithmetic = [&]<class T>(const RunOf<T>& run, const retrograd::detail::Update& one) {
      rules_[one.rule].update(run, one.step);
    };
    constexpr auto throws = []<class T>(const RunOf<T>& run) {
      return !noexcept(std::declval<const Rule&>().update(run, std::int64_t{}));
    };
    parameters_.update(arithmetic, arithmetic, throws(RunOf<float>{}) || throws(RunOf<double>{}),
                       [&](std::size_t which, std::int64_t step) {
                         if constexpr (requires(const Rule& one) { one.skips_zeros(step); })
                           return rules_[which].skips_zeros(step);
                         else
                           return false;
                       });
    ++steps_;
  }

  /// Gives the parameters selected by name their own settings: `change` is applied to a copy of the rule at every step,
  /// so settings that it does not change still follow `rule`, and a scaled learning rate follows a schedule. Where
  /// groups overlap, their changes are applied in the order of the calls. Error where no name matches: immediately if
  /// the model is known, otherwise at the first step, which then changes nothing and drops the call.
  ///   adam.group([](std::string_view name) { return name.ends_with("bias"); },
  ///              [](AdamW& own) { own.weight_decay = 0; });
  void group(NamePredicate which, std::function<void(Rule&)> change) {
    detail::check_change(change != nullptr);
    parameters_.group(std::move(which));
    changes_.push_back(std::move(change));
  }
  /// Freezes the parameters selected by name from the next step on; they need no gradient. Error where no name matches,
  /// as for groups.
  void freeze(NamePredicate which) { parameters_.freeze(std::move(which), true); }
  /// Unfreezes parameters, with their state as it was. Error where no name matches, as for groups.
  void unfreeze(NamePredicate which) { parameters_.freeze(std::move(which), false); }

  /// The number of steps taken.
  std::int64_t steps() const { return steps_; }

  /// The state needed to resume training exactly: "steps"; for each parameter "layers.0.weight.steps", the number of
  /// its updates (int64), and the rule's state, such as "layers.0.weight.momentum", of the parameter's shape and dtype.
  /// Returns copies. Settings, groups and frozen parameters are not included.
  template <HasFields Model>
  std::vector<Parameter> state(const Model& model) const {
    detail::Parameters now = parameters_;
    std::vector<Rule> rules;
    walk(now, const_cast<Model&>(model));
    set_rules(now, rules);
    const auto states = [&](std::size_t which) { return rules[which].states(); };
    now.keep(states);
    return now.list(states, steps_);
  }
  /// Restores a state by copying, also into an optimizer that has taken no step. Error, ShapeError or DtypeError where
  /// names, shapes or dtypes differ from this rule's state for this model; the optimizer is then unchanged.
  template <HasFields Model>
  void load_state(const Model& model, std::span<const Parameter> from) {
    detail::Parameters loaded = parameters_;
    std::vector<Rule> rules;
    walk(loaded, const_cast<Model&>(model));
    set_rules(loaded, rules);
    steps_ = loaded.load([&](std::size_t which) { return rules[which].states(); }, from);
    parameters_ = std::move(loaded);
  }

  /// May be changed between steps, for example by a schedule.
  Rule rule;
  /// What to do with a parameter without a gradient; may be changed between steps.
  Missing missing = Missing::error;

 private:
  template <class Model>
  static void walk(detail::Parameters& parameters, Model& model) {
    parameters.begin();
    retrograd::detail::walk_parameters(
        model, detail::Path(), [&](const detail::Path& path, Tensor& parameter) { parameters.add(path, parameter); });
    parameters.end();
  }
  void set_rules(const detail::Parameters& parameters, std::vector<Rule>& rules) const {
    rules.clear();
    for (const std::uint64_t groups : parameters.rules()) {
      rules.push_back(rule);
      if (groups == 0) continue;
      for (std::size_t i = 0; i < changes_.size(); ++i)
        if (groups >> i & 1) changes_[i](rules.back());
      rules.back().check();
    }
  }

  detail::Parameters parameters_;
  std::vector<std::function<void(Rule&)>> changes_;  // one per group
  std::vector<Rule> rules_;                          // at this step, one per combination of groups in use
  std::int64_t steps_ = 0;
};

}  // namespace retrograd::optim
