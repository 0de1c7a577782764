// Images as columns, one for each window (im2col), and back: each is the transpose of the other, and so each is the
// other's rule. A convolution is a matrix product with these columns, but convolution.h never builds them all at once.
#pragma once
#include "../../core/tensor/tensor.h"
#include "window_options.h"

namespace retrograd {

/// The windows of size (KH, KW) on images x (N, C, H, W) as columns (N, C·KH·KW, L), with zeros beyond the border, L
/// windows in row-major order; float32 and float64. ShapeError if the options are invalid for x.
Tensor unfold(const Tensor& x, Size2d size, const UnfoldOptions& options = {});
/// The transpose of unfold: sums columns (N, C·KH·KW, L) into images (N, C, H, W) of the given (H, W), each element
/// over all windows that cover it; ShapeError if unfold of such images has a different shape.
Tensor fold(const Tensor& columns, Size2d image, Size2d size, const UnfoldOptions& options = {});

}  // namespace retrograd
