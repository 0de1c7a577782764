// What an update rule is: a struct of settings, with
//   StateNames states() const;
//   void update(const Run& run, std::int64_t step) const noexcept;
//   void check() const;
// that say what it keeps for each element, do the arithmetic on neighboring elements (called for parts of a parameter,
// on several threads at once), and throw an Error where its settings make no sense. An update that is not noexcept
// costs a copy of all parameters and states at each step, to which the optimizer goes back where it throws. Knows
// nothing of models.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "../core/base/dtype.h"

/// Update rules, the optimizer that applies them, and what else training needs.
namespace retrograd::optim {

/// Neighboring elements of a parameter, of its gradient, and of what a rule keeps for each of them.
struct Run {
  static constexpr std::size_t kMostStates = 3;  ///< the most numbers a rule may keep for each element
  Dtype dtype;                                   ///< of all of them, float32 or float64
  void* parameter;                               ///< the first element, to be updated
  const void* gradient;                          ///< the first element
  /// The first elements, to be updated: zeros before the first step, null where the rule does not name the state.
  std::array<void*, kMostStates> state;
  std::int64_t n;  ///< how many elements
};

/// The names of what a rule keeps, by their places in Run::state; null for what it does not keep (with its present
/// settings). They stand in saved files.
using StateNames = std::array<const char*, Run::kMostStates>;

namespace detail {
// An Error "Rule: field … , got value" unless a setting is finite and from 0,
void require_not_negative(const char* rule, const char* field, double value);
inline void require_rate(const char* rule, double value) { require_not_negative(rule, "the learning rate", value); }
inline void require_decay(const char* rule, double value) { require_not_negative(rule, "the weight decay", value); }
// finite and above 0,
void require_positive(const char* rule, const char* field, double value);
// from 0 to below 1.
void require_fraction(const char* rule, const char* field, double value);
/// The place of a run's dtype in a table of kernels.
inline std::size_t kernel_of(const Run& run) { return run.dtype == float32 ? 0 : 1; }
}  // namespace detail

}  // namespace retrograd::optim
