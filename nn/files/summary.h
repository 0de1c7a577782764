// What a model consists of, as a table for people: a line for each tensor that is saved, and the totals. Knows names
// and tensors, not layers.
#pragma once
#include <span>
#include <string>

#include "../../core/tensor/fields.h"

namespace retrograd::detail {
std::string summary_of(std::span<const Parameter> state, std::span<const Parameter> parameters);
}

namespace retrograd::nn {

/// A line for each parameter and buffer of the model with its dotted name, shape, dtype and number of elements, buffers
/// marked, and a last one with the totals: "8 parameters, 32 B", and where there are buffers "; buffers: 3 elements, 16
/// B". A tensor that stands in two places is listed and counted once. Lines end without a newline after the last.
template <HasFields Model>
std::string summary(const Model& model) {
  return detail::summary_of(state(model), parameters(model));
}

}  // namespace retrograd::nn
