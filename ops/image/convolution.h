// Convolution (cross-correlation, as in all deep learning libraries) of images and sequences. A convolution and its two
// derivatives are bilinear and closed under differentiation: the rules of each are the other two, so derivatives of any
// order exist and no columns are ever saved. Each is computed by direct kernels on padded copies of tiles of its input:
// each thread holds one at a time, a few hundred kilobytes.
#pragma once
#include "../../core/tensor/tensor.h"
#include "window_options.h"

namespace retrograd {

/// Convolves images x (N, C, H, W) with the filters of weight (O, C/groups, KH, KW) to (N, O, H', W') with H' = ⌊(H + 2
/// padding − dilation (KH − 1) − 1) / stride⌋ + 1: y[n,o,p,q] = Σ weight[o,c,i,j] · x[n, c, p·stride − padding +
/// i·dilation, …], zero beyond the border (Dumoulin and Visin, "A guide to convolution arithmetic", 2016). float32 and
/// float64; ShapeError if channels, groups or windows do not match, DtypeError if dtypes differ.
Tensor conv2d(const Tensor& x, const Tensor& weight, const Conv2dOptions& options = {});
/// The same plus bias (O), one number per filter.
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& options = {});

/// Convolves sequences x (N, C, L) with the filters of weight (O, C/groups, K) to (N, O, L'); otherwise like conv2d.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Conv1dOptions& options = {});
/// The same plus bias (O), one number per filter.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv1dOptions& options = {});

/// The transpose of conv2d, that is, its derivative with respect to the input as a separate op (a "deconvolution"):
/// images x (N, C, H, W) with weight (C, O/groups, KH, KW) to (N, O, H', W') with H' = (H − 1) stride − 2 padding +
/// dilation (KH − 1) + output_padding + 1; each element of x adds a multiple of its filter to a window of the result.
/// float32 and float64; ShapeError and DtypeError as for conv2d.
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const ConvTranspose2dOptions& options = {});
/// The same plus bias (O), one number per channel of the result.
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTranspose2dOptions& options = {});

}  // namespace retrograd
