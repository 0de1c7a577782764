// The arithmetic of a convolution and its two derivatives, on packed values: tile by tile, spread over the pool. Tiles
// and the order of sums depend on the sizes alone (convolution_cut.h), so results are bitwise equal for any number of
// threads. Checks no arguments. Not a public header.
#pragma once
#include "../kernels/windows.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// The sizes of a convolution y = x * weight, shared with its derivatives.
struct ConvSizes {
  Windows windows;
  std::int64_t images, channels, filters, groups;

  std::int64_t channels_each() const { return channels / groups; }
  std::int64_t filters_each() const { return filters / groups; }
  /// The number of products summed in an element of y.
  std::int64_t depth() const { return channels_each() * windows.size(); }
  Shape x() const { return {images, channels, windows.rows.in, windows.columns.in}; }
  Shape weight() const { return {filters, channels_each(), windows.rows.size, windows.columns.size}; }
  Shape y() const { return {images, filters, windows.rows.out, windows.columns.out}; }
};

/// x * weight, plus a bias for each filter if `bias` is defined. Not recorded.
Tensor convolve(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvSizes& sizes);
/// The derivatives of Σ g · (x * weight) with respect to x and to weight. Not recorded.
Tensor convolve_back(const Tensor& g, const Tensor& weight, const ConvSizes& sizes);
Tensor correlate(const Tensor& x, const Tensor& g, const ConvSizes& sizes);

}  // namespace retrograd::detail
