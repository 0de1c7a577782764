// A model as a table: a line for each tensor that is saved, and totals. Does not depend on layers.
#pragma once
#include <span>
#include <string>

#include "../../core/tensor/fields.h"

namespace retrograd::detail {
std::string summary_of(std::span<const Parameter> state, std::span<const Parameter> parameters);
}

namespace retrograd::nn {

/// A line for each parameter and buffer of the model with its dotted name, shape, dtype and number of elements, buffers
/// marked, and a last line with the totals: "8 parameters, 32 B", followed by "; buffers: 3 elements, 16 B" if there
/// are any. A tensor that occurs in two places is listed and counted once. No newline after the last line.
template <HasFields Model>
std::string summary(const Model& model) {
  return detail::summary_of(state(model), parameters(model));
}

}  // namespace retrograd::nn
