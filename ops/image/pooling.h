// Pooling: one number for each window on a plane, the largest or the mean. Windows slide as window_options.h says; the
// padding is at most half a window, so that few stand on it alone. All differentiate to any order.
#pragma once
#include "../../core/tensor/tensor.h"
#include "window_options.h"

namespace retrograd {

/// The largest element of each window of this size on images x (N, C, H, W), to (N, C, H', W') with
/// H' = ⌊(H + 2 padding − dilation (size − 1) − 1) / stride⌋ + 1; the stride is the size where none is given, and the
/// padding is never the largest. float32 and
/// float64. NaN where a window has one. Of equal elements the first in row-major order takes the whole derivative (max
/// shares it); a window that meets no element at all gives −∞ and takes none. ShapeError where the windows do not fit.
Tensor max_pool2d(const Tensor& x, Size2d size, const Pool2dOptions& options = {});
/// The same on sequences x (N, C, L).
Tensor max_pool1d(const Tensor& x, std::int64_t size, const Pool1dOptions& options = {});

/// The mean of each window, shapes as for max_pool2d. The padding counts as zeros: the sum is always divided by the
/// number of elements of a whole window (PyTorch's default). float32 and float64.
Tensor avg_pool2d(const Tensor& x, Size2d size, const Pool2dOptions& options = {});
/// The same on sequences x (N, C, L).
Tensor avg_pool1d(const Tensor& x, std::int64_t size, const Pool1dOptions& options = {});

/// The mean of each of `size` windows that cut images x (N, C, H, W) into near-equal parts, to (N, C, size): along an
/// axis window i goes from ⌊i · H / size⌋ to before ⌈(i + 1) · H / size⌉, so neighbors overlap where the size does not
/// divide H (PyTorch's rule). float32 and float64; ShapeError where x has no rows or no columns, or a size is below 1.
Tensor adaptive_avg_pool2d(const Tensor& x, Size2d size);

}  // namespace retrograd
