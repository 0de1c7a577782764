// A run of contiguous elements for an update rule: typed pointers and a count. Does not depend on rules, tensors or
// threads.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace retrograd::optim {

/// The maximum number of values that a rule may keep for each element of a parameter.
inline constexpr std::size_t kMostStates = 3;

/// Contiguous elements of a parameter, of its gradient, and of the state that a rule keeps for each element. T is float
/// or double.
template <class T>
struct RunOf {
  T* parameter;       ///< the first element, to be updated
  const T* gradient;  ///< the first element
  /// The first elements, to be updated: zeros before the first step, null if the rule does not name the state.
  std::array<T*, kMostStates> state;
  std::int64_t n;  ///< the number of elements
};

}  // namespace retrograd::optim
