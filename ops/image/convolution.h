// Convolution (cross-correlation, as in every network library) of images and of sequences. A convolution and its two
// derivatives are bilinear and closed under differentiation: each one's rules are the other two, so any order follows
// and no columns are ever saved. Each is a product with the columns of im2col.h, made block by block: one block of
// columns for each thread exists at a time, half a megabyte of float32 where 256 windows take no more.
#pragma once
#include "../../core/tensor/tensor.h"
#include "window_options.h"

namespace retrograd {

/// Images x (N, C, H, W) with the filters of weight (O, C/groups, KH, KW), to (N, O, H', W') with
/// H' = ⌊(H + 2 padding − dilation (KH − 1) − 1) / stride⌋ + 1: y[n,o,p,q] = Σ weight[o,c,i,j] · x[n, c, p·stride −
/// padding + i·dilation, …], zero beyond the border (Dumoulin and Visin, "A guide to convolution arithmetic", 2016).
/// float32 and float64; ShapeError where channels, groups or windows do not fit, DtypeError where dtypes differ.
Tensor conv2d(const Tensor& x, const Tensor& weight, const Conv2dOptions& options = {});
/// The same plus bias (O), one number for each filter.
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& options = {});

/// Sequences x (N, C, L) with the filters of weight (O, C/groups, K), to (N, O, L'); else as conv2d.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Conv1dOptions& options = {});
/// The same plus bias (O), one number for each filter.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv1dOptions& options = {});

/// The transpose of conv2d, its derivative with respect to the input as an op of its own (a "deconvolution"): images x
/// (N, C, H, W) with weight (C, O/groups, KH, KW), to (N, O, H', W') with H' = (H − 1) stride − 2 padding +
/// dilation (KH − 1) + output_padding + 1; each element of x adds its filter to a window of the result. float32 and
/// float64; ShapeError and DtypeError as for conv2d.
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const ConvTranspose2dOptions& options = {});
/// The same plus bias (O), one number for each channel of the result.
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTranspose2dOptions& options = {});

}  // namespace retrograd
