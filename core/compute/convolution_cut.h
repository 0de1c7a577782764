// How a convolution is cut into tasks, and how a task lays out what it reads. The choice depends on the sizes alone, so
// results are bitwise equal for any number of threads. Does not depend on what is done with a tile. Not a public
// header.
#pragma once
#include "../kernels/convolution.h"
#include "sliding.h"

namespace retrograd::detail {

/// Sums over windows of the planes of `channels`, one for each of the `filters`; both count those of one group.
struct SlidingPass {
  SlidingAxis rows, columns;
  std::int64_t images, groups, channels, filters;
  std::int64_t weight_of_group, weight_of_filter, weight_of_channel, weight_of_row;  ///< how far they are apart

  std::int64_t taps() const { return static_cast<std::int64_t>(rows.taps.size() * columns.taps.size()); }
  std::int64_t positions() const { return rows.out * columns.out; }
  double flops() const {
    return 2.0 * static_cast<double>(images * positions() * groups) * static_cast<double>(channels * taps()) *
           static_cast<double>(filters);
  }
};

/// Some images, and of the sums of each the rows and columns from the given ones on.
struct SlidingTile {
  std::int64_t image, images, row, rows, column, columns;
  std::int64_t count() const { return images * rows * columns; }
};

/// How a tile's part of the source lies, as the kernels see it: by channels, phases and rows, and in a row image by
/// image. So the sums of a tile, with what lies between them, are one run. Or it is the source itself (`is_direct`).
struct SlidingCut {
  bool is_direct;
  std::int64_t images_together, image_cuts, row_cuts, column_cuts, filter_parts;
  std::int64_t image, row, phase, channel;  ///< how far those are apart
  std::int64_t channels_together, taps_together;
  std::int64_t run;  ///< elements of the longest run, rounded up: how far the rows of a tile are apart

  std::int64_t tiles() const { return image_cuts * row_cuts * column_cuts; }
  SlidingTile tile(const SlidingPass& pass, std::int64_t number) const;
  /// How long the run of a tile is.
  std::int64_t length(const SlidingTile& tile) const {
    return (tile.rows - 1) * row + (tile.images - 1) * image + tile.columns;
  }
  /// True if the sums of a tile lie in the result as in the run.
  bool is_in_place(const SlidingPass& pass) const {
    return image_cuts == pass.images && pass.columns.stride == 1 && pass.rows.stride == 1 &&
           ((row == pass.columns.out && column_cuts == 1) || pass.rows.out == 1);
  }
  /// The first of the filters of a part; of the number of parts, their end.
  std::int64_t first_filter(const SlidingPass& pass, std::int64_t part) const;
};

/// The cut of a pass for the sums, and for their dot products with other planes (the gradient of the weights). They
/// unfold the columns of the pass: the one where that pays, the other where rows have something between them, which no
/// factor of 0 would hide if it is infinite.
SlidingCut cut_of_sums(SlidingPass& pass);
SlidingCut cut_of_dots(SlidingPass& pass);

/// Flops of a pass below which all stays on the calling thread.
inline constexpr double kConvolutionWorthThreads = 1.2e6;

}  // namespace retrograd::detail
