// Images as columns, one for each window (im2col), and back: the two are each other's transpose, and so each other's
// rule. A convolution is a matrix product with these columns; convolution.h makes them piece by piece, never as a
// whole.
#pragma once
#include "../../core/tensor/tensor.h"
#include "window_options.h"

namespace retrograd {

/// The windows of size (KH, KW) on images x (N, C, H, W) as columns (N, C·KH·KW, L), zeros where they stand over the
/// border, L windows in row-major order; float32 and float64. ShapeError where the options are no windows on x.
Tensor unfold(const Tensor& x, Size2d size, const UnfoldOptions& options = {});
/// The transpose of unfold: columns (N, C·KH·KW, L) added up to images (N, C, H, W) of these (H, W), each element from
/// every window that meets it; ShapeError where unfold of such images has another shape.
Tensor fold(const Tensor& columns, Size2d image, Size2d size, const UnfoldOptions& options = {});

}  // namespace retrograd
