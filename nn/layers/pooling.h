// Pooling layers: the functions of ops/image/pooling.h with their sizes. They have no parameters.
#pragma once
#include "../../core/tensor/tensor.h"
#include "../../ops/image/window_options.h"

namespace retrograd::nn {

/// The largest element of each window on images x (N, C, H, W); see rg::max_pool2d.
struct MaxPool2d {
  Size2d size;                 ///< of a window
  Pool2dOptions options = {};  ///< MaxPool2d{3, {.stride = 2, .padding = 1}}; without a stride windows are side by side

  /// ShapeError or DtypeError where the windows do not fit x.
  Tensor operator()(const Tensor& x) const;
  /// Names nothing.
  static void fields(auto&, auto&&) {}
};

/// The mean of each window on images x (N, C, H, W), the padding counted as zeros; see rg::avg_pool2d.
struct AvgPool2d {
  Size2d size;                 ///< of a window
  Pool2dOptions options = {};  ///< as MaxPool2d's

  /// ShapeError or DtypeError where the windows do not fit x.
  Tensor operator()(const Tensor& x) const;
  /// Names nothing.
  static void fields(auto&, auto&&) {}
};

/// The means of as many windows as asked for, whatever the size of the images x (N, C, H, W); see
/// rg::adaptive_avg_pool2d. AdaptiveAvgPool2d{1} is the mean of each channel.
struct AdaptiveAvgPool2d {
  Size2d size;  ///< of the result: (N, C, size)

  /// ShapeError or DtypeError where x is no images, or empty ones.
  Tensor operator()(const Tensor& x) const;
  /// Names nothing.
  static void fields(auto&, auto&&) {}
};

}  // namespace retrograd::nn
