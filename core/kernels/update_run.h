// What an update rule sees of a tensor: neighboring elements as typed pointers and a count. Does not depend on rules,
// tensors or threads.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace retrograd::optim {

/// The maximum number of values that a rule may keep for each element of a parameter.
inline constexpr std::size_t kMostStates = 3;

/// Neighboring elements of a parameter, of its gradient, and of what a rule keeps for each of them. T is float or
/// double.
template <class T>
struct RunOf {
  T* parameter;       ///< the first element, to be updated
  const T* gradient;  ///< the first element
  /// The first elements, to be updated: zeros before the first step, null where the rule does not name the state.
  std::array<T*, kMostStates> state;
  std::int64_t n;  ///< how many elements
};

}  // namespace retrograd::optim
