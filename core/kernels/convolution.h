// The arithmetic of convolutions on rows of values that lie side by side: each tap of a window is a weight times a row
// that begins somewhere else, so nothing is unfolded. Invariant: a sum takes its terms in the order of the taps, or of
// the positions, whatever the tile. Knows neither images nor windows. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

/// Where a tap's weight stands among those of a filter, and how far from its source a row begins.
struct Tap {
  std::int64_t weight, source;
};

struct ConvolutionKernels {
  /// to[f · to_stride + q] += Σ_t weights[f · weight_stride + taps[t].weight] · source[taps[t].source + q] for q < n;
  /// instead of adding, from start[f] on, or from 0, where it `begins`. There are `count` taps.
  ByDtype<void (*)(const void* source, const void* weights, std::int64_t weight_stride, const Tap* taps,
                   std::int64_t count, std::int64_t filters, void* to, std::int64_t to_stride, std::int64_t n,
                   bool begins, const void* start)>
      sums;
  /// to[taps[t].weight · to_stride + f] += Σ_q rows[f · row_stride + q] · source[taps[t].source + q] over q < n.
  ByDtype<void (*)(const void* rows, std::int64_t row_stride, std::int64_t filters, const void* source, const Tap* taps,
                   std::int64_t count, std::int64_t n, double* to, std::int64_t to_stride)>
      dots;
  /// What each tap meets as a row of its own: row t has, image by image, `rows` runs of n elements, from those `pitch`
  /// apart that begin at source[taps[t].source + image · image_stride].
  ByDtype<void (*)(const void* source, std::int64_t image_stride, std::int64_t pitch, const Tap* taps,
                   std::int64_t count, std::int64_t images, std::int64_t rows, std::int64_t n, void* to,
                   std::int64_t to_stride)>
      unfold;
  /// `count` runs of n elements: to[i · to_stride + k · to_step] = from[i · from_stride + k · from_step].
  ByDtype<void (*)(const void* from, std::int64_t from_stride, std::int64_t from_step, void* to, std::int64_t to_stride,
                   std::int64_t to_step, std::int64_t count, std::int64_t n)>
      copy;
};
const ConvolutionKernels& convolution_kernels();

}  // namespace retrograd::detail
