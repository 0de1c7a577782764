// Pooling: the maximum or the mean of each window on a plane. Windows slide as described in window_options.h; the
// padding is at most half a window, so that few windows lie entirely in the padding. Derivatives of any order exist.
#pragma once
#include "../../core/tensor/tensor.h"
#include "window_options.h"

namespace retrograd {

/// The maximum of each window of this size on images x (N, C, H, W), to (N, C, H', W') with H' = ⌊(H + 2 padding −
/// dilation (size − 1) − 1) / stride⌋ + 1; the stride defaults to the size, and the padding is never the maximum.
/// float32 and float64. NaN if a window has one. Of equal elements, the first in row-major order receives the whole
/// derivative (max shares it); a window entirely in the padding yields −∞ and no derivative. ShapeError if the windows
/// do not fit.
Tensor max_pool2d(const Tensor& x, Size2d size, const Pool2dOptions& options = {});
/// The same for sequences x (N, C, L).
Tensor max_pool1d(const Tensor& x, std::int64_t size, const Pool1dOptions& options = {});

/// The mean of each window, with shapes as for max_pool2d. The padding counts as zeros: the sum is always divided by
/// the number of elements of a whole window (PyTorch's default). float32 and float64.
Tensor avg_pool2d(const Tensor& x, Size2d size, const Pool2dOptions& options = {});
/// The same for sequences x (N, C, L).
Tensor avg_pool1d(const Tensor& x, std::int64_t size, const Pool1dOptions& options = {});

/// The mean of each of `size` windows that divide images x (N, C, H, W) into nearly equal parts, to (N, C, size): along
/// an axis, window i covers [⌊i · H / size⌋, ⌈(i + 1) · H / size⌉), so neighbors overlap if the size does not divide H
/// (PyTorch's rule). float32 and float64; ShapeError if x has no rows or no columns, or if a size is below 1.
Tensor adaptive_avg_pool2d(const Tensor& x, Size2d size);

}  // namespace retrograd
