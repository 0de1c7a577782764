// Pooling layers: the functions of ops/image/pooling.h with fixed sizes. They have no parameters.
#pragma once
#include "../../core/tensor/tensor.h"
#include "../../ops/image/window_options.h"

namespace retrograd::nn {

/// The largest element of each window of images x (N, C, H, W); see rg::max_pool2d.
struct MaxPool2d {
  Size2d size;                 ///< of a window
  Pool2dOptions options = {};  ///< MaxPool2d{3, {.stride = 2, .padding = 1}}; the stride defaults to the size

  /// ShapeError or DtypeError where the windows do not fit x.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

/// The mean of each window of images x (N, C, H, W), counting the padding as zeros; see rg::avg_pool2d.
struct AvgPool2d {
  Size2d size;                 ///< of a window
  Pool2dOptions options = {};  ///< as for MaxPool2d

  /// ShapeError or DtypeError where the windows do not fit x.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

/// The means of a given number of windows, for images x (N, C, H, W) of any size; see rg::adaptive_avg_pool2d.
/// AdaptiveAvgPool2d{1} is the mean of each channel.
struct AdaptiveAvgPool2d {
  Size2d size;  ///< of the result: (N, C, size)

  /// ShapeError or DtypeError where x is not a batch of images, or is empty.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

}  // namespace retrograd::nn
