// What an update rule is: a struct of settings, with
//   StateNames states() const;
//   template <class T> void update(const RunOf<T>& run, std::int64_t step) const noexcept;
//   void check() const;
// and, optionally,
//   bool skips_zeros(std::int64_t step) const;
// that name the state kept for each element, update neighboring elements of float or double (called for parts of a
// parameter, on several threads at once), and throw an Error where a setting is invalid. If update is not noexcept,
// each step first copies all parameters and states, to restore them if it throws. If skips_zeros returns true, rows of
// an embedding table that have no gradient are not visited. Does not depend on models.
#pragma once
#include <array>
#include <concepts>
#include <cstdint>
#include <utility>

#include "../core/kernels/update_run.h"

/// Update rules, the optimizer that applies them, schedules, and averages.
namespace retrograd::optim {

/// The names of a rule's state, by index into RunOf::state; null for what it does not keep (with its current settings).
/// They appear in saved files.
using StateNames = std::array<const char*, kMostStates>;

/// A type that an Optimizer accepts as its rule.
template <class Rule>
concept UpdateRule = std::copy_constructible<Rule> && requires(const Rule& rule, std::int64_t step) {
  { rule.states() } -> std::convertible_to<StateNames>;
  rule.check();
  rule.update(std::declval<const RunOf<float>&>(), step);
  rule.update(std::declval<const RunOf<double>&>(), step);
};

namespace detail {
// Throw an Error "Rule: field … , got value" unless a setting is finite and nonnegative,
void require_not_negative(const char* rule, const char* field, double value);
inline void require_rate(const char* rule, double value) { require_not_negative(rule, "the learning rate", value); }
inline void require_decay(const char* rule, double value) { require_not_negative(rule, "the weight decay", value); }
// finite and positive,
void require_positive(const char* rule, const char* field, double value);
// or in [0, 1).
void require_fraction(const char* rule, const char* field, double value);
}  // namespace detail

}  // namespace retrograd::optim
