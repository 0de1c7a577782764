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

/// How far planes, runs and elements are apart.
struct CopySteps {
  std::int64_t plane, run, element;
};

/// How far channels, images, rows and elements are apart.
struct LaySteps {
  std::int64_t channel, image, row, element;
};
struct LaidOut {
  std::int64_t channels, rows, images, length, top, bottom, left, right;
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
  /// Copies a phase of some channels: rows of images, `length` elements each, of which those in [top, bottom) × [left,
  /// right) come from the source (`from` is where row 0 and element 0 would be) and the others are 0. Writes up to a
  /// vector beyond the last row of a channel.
  ByDtype<void (*)(const void* from, LaySteps from_steps, void* to, LaySteps to_steps, const LaidOut& sizes)> lay;
  /// `planes` times `count` runs of n elements: to[p · to_plane + i · to_stride + k · to_step] = from[p · from_plane +
  /// i · from_stride + k · from_step].
  ByDtype<void (*)(const void* from, CopySteps from_steps, void* to, CopySteps to_steps, std::int64_t planes,
                   std::int64_t count, std::int64_t n)>
      copy;
};
const ConvolutionKernels& convolution_kernels();

}  // namespace retrograd::detail
