// What an update rule is: a struct of settings, with
//   StateNames states() const;
//   template <class T> void update(const RunOf<T>& run, std::int64_t step) const noexcept;
//   void check() const;
// that say what it keeps for each element, do the arithmetic on neighboring elements of float or double (called for
// parts of a parameter, on several threads at once), and throw an Error where its settings make no sense. An update
// that is not noexcept costs a copy of all parameters and states at each step, to which the optimizer goes back where
// it throws. Knows nothing of models.
#pragma once
#include <array>
#include <concepts>
#include <cstdint>
#include <utility>

#include "../core/kernels/update_run.h"

/// Update rules, the optimizer that applies them, and what else training needs.
namespace retrograd::optim {

/// The names of what a rule keeps, by their places in RunOf::state; null for what it does not keep (with its present
/// settings). They stand in saved files.
using StateNames = std::array<const char*, kMostStates>;

/// A struct that an Optimizer can take as its rule.
template <class Rule>
concept UpdateRule = std::copy_constructible<Rule> && requires(const Rule& rule, std::int64_t step) {
  { rule.states() } -> std::convertible_to<StateNames>;
  rule.check();
  rule.update(std::declval<const RunOf<float>&>(), step);
  rule.update(std::declval<const RunOf<double>&>(), step);
};

namespace detail {
// An Error "Rule: field … , got value" unless a setting is finite and from 0,
void require_not_negative(const char* rule, const char* field, double value);
inline void require_rate(const char* rule, double value) { require_not_negative(rule, "the learning rate", value); }
inline void require_decay(const char* rule, double value) { require_not_negative(rule, "the weight decay", value); }
// finite and above 0,
void require_positive(const char* rule, const char* field, double value);
// from 0 to below 1.
void require_fraction(const char* rule, const char* field, double value);
}  // namespace detail

}  // namespace retrograd::optim
