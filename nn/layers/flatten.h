// Flattens axes, typically between convolution and linear layers.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// Merges the axes of x from start_dim to the last: (N, C, H, W) → (N, C·H·W). ShapeError where x has no such axis.
struct Flatten {
  int start_dim = 1;  ///< the first axis merged, counted from the end when negative

  /// The same values in the new shape: a view where x is contiguous.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

}  // namespace retrograd::nn
