// Pooling layers: the functions of ops/image/pooling.h with their sizes. They have no parameters.
#pragma once
#include "../../core/tensor/tensor.h"
#include "../../ops/image/size2d.h"

namespace retrograd::nn {

/// The largest element of each window on images x (N, C, H, W); see rg::max_pool2d.
struct MaxPool2d {
  Size2d size;          ///< of a window
  Size2d stride;        ///< from one window to the next
  Size2d padding = 0;   ///< added at either end, never the largest; at most half the size
  Size2d dilation = 1;  ///< from one element of a window to the next

  /// Windows side by side.
  MaxPool2d(Size2d window) : size(window), stride(window) {}
  /// Windows this far apart.
  MaxPool2d(Size2d window, Size2d apart, Size2d added = 0, Size2d spread = 1)
      : size(window), stride(apart), padding(added), dilation(spread) {}
  /// ShapeError or DtypeError where the windows do not fit x.
  Tensor operator()(const Tensor& x) const;
  /// Names nothing.
  static void fields(auto&, auto&&) {}
};

/// The mean of each window on images x (N, C, H, W), the padding counted as zeros; see rg::avg_pool2d.
struct AvgPool2d {
  Size2d size;         ///< of a window
  Size2d stride;       ///< from one window to the next
  Size2d padding = 0;  ///< zeros added at either end; at most half the size

  /// Windows side by side.
  AvgPool2d(Size2d window) : size(window), stride(window) {}
  /// Windows this far apart.
  AvgPool2d(Size2d window, Size2d apart, Size2d added = 0) : size(window), stride(apart), padding(added) {}
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
