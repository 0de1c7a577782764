// One generic optimizer: it owns the step count and what its rule keeps for each parameter, walks the model's
// parameters in the order of their fields, and hands their elements to the rule (rule.h says what one is) through the
// door of core/compute/update. Groups, chosen by name, have settings of their own; what
// is frozen stays as it is. Knows nothing of any rule.
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

/// Updates the parameters of one model by a rule, and keeps what the rule needs from step to step.
template <UpdateRule Rule>
class Optimizer {
 public:
  /// Error where the settings of the rule make no sense.
  explicit Optimizer(Rule update_rule, Missing without_gradient = Missing::error)
      : rule(std::move(update_rule)), missing(without_gradient) {
    rule.check();
  }

  /// Updates every parameter in place by its gradient, or by that of an alias of it. All or nothing: a TapeError for a
  /// parameter without a gradient names it (unless it is frozen, or `missing` says otherwise), and nothing has been
  /// written then, nor where memory runs out or the rule throws. The states belong to one model: a ShapeError where the
  /// model has changed.
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
    parameters_.update(arithmetic, arithmetic, throws(RunOf<float>{}) || throws(RunOf<double>{}));
    ++steps_;
  }

  /// Gives the parameters whose names fit settings of their own: `change` is applied to a copy of the rule at every
  /// step, so what it leaves alone still follows `rule`, and a factor on the learning rate follows a schedule. Where
  /// groups overlap their changes add up, in the order of the calls. Error where no name fits: here, once
  /// the model is known; otherwise at the first step, which then changes nothing and forgets the call.
  ///   adam.group([](std::string_view name) { return name.ends_with("bias"); },
  ///              [](AdamW& own) { own.weight_decay = 0; });
  void group(NamePredicate which, std::function<void(Rule&)> change) {
    detail::check_change(change != nullptr);
    parameters_.group(std::move(which));
    changes_.push_back(std::move(change));
  }
  /// Leaves the parameters whose names fit as they are, from the next step on; they need no gradient. Error
  /// where no name fits, as for groups.
  void freeze(NamePredicate which) { parameters_.freeze(std::move(which), true); }
  /// Updates them again. What was kept for them is as it was. Error where no name fits, as for groups.
  void unfreeze(NamePredicate which) { parameters_.freeze(std::move(which), false); }

  /// The number of steps taken.
  std::int64_t steps() const { return steps_; }

  /// All that training needs to go on as if it had not been interrupted: "steps"; for each parameter
  /// "layers.0.weight.steps", which says how often it was updated (int64); and what the rule keeps for it, such as
  /// "layers.0.weight.momentum", of its shape and dtype. What is listed are copies. Settings, groups and what is frozen
  /// are the program's own.
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
  /// The inverse, also for an optimizer that has taken no step: takes copies of what is listed. Error, ShapeError or
  /// DtypeError where names, shapes or dtypes differ from what this rule keeps for this model; the optimizer is then
  /// unchanged.
  template <HasFields Model>
  void load_state(const Model& model, std::span<const Parameter> from) {
    detail::Parameters loaded = parameters_;
    std::vector<Rule> rules;
    walk(loaded, const_cast<Model&>(model));
    set_rules(loaded, rules);
    steps_ = loaded.load([&](std::size_t which) { return rules[which].states(); }, from);
    parameters_ = std::move(loaded);
  }

  /// May be changed between steps (a schedule sets its learning rate).
  Rule rule;
  /// What becomes of a parameter without a gradient; may be changed between steps.
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
  std::vector<std::function<void(Rule&)>> changes_;  // of the groups
  std::vector<Rule> rules_;                          // at this step, of each combination of groups that occurs
  std::int64_t steps_ = 0;
};

}  // namespace retrograd::optim
