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

/// A tile's part of the source, or the source itself (`is_direct`), as the kernels see it: sums are `pitch` apart from
/// row to row, so that those of a row and what lies between rows are one run. Or all that the taps meet is unfolded,
/// and sums lie side by side.
struct SlidingCut {
  bool is_direct, unfolds;
  std::int64_t image_cuts, row_cuts, column_cuts, filter_parts;
  std::int64_t pitch, image_rows;  ///< rows from one image to the next
  std::int64_t phase, channel;     ///< how far phases and channels are apart
  std::int64_t channels_together, taps_together;
  std::int64_t run;  ///< elements of the longest run, rounded up: how far the rows of a tile are apart

  std::int64_t tiles() const { return image_cuts * row_cuts * column_cuts; }
  SlidingTile tile(const SlidingPass& pass, std::int64_t number) const;
  /// How long the run of a tile is.
  std::int64_t length(const SlidingTile& tile) const {
    return unfolds ? tile.count() : ((tile.images - 1) * image_rows + tile.rows - 1) * pitch + tile.columns;
  }
  /// The first of the filters of a part; of the number of parts, their end.
  std::int64_t first_filter(const SlidingPass& pass, std::int64_t part) const;
};

/// The cut for the sums themselves, and for their dot products with other planes (the gradient of the weights), for
/// elements of so many bytes.
SlidingCut cut_of_sums(const SlidingPass& pass, std::int64_t width);
SlidingCut cut_of_dots(const SlidingPass& pass, std::int64_t width);

/// Flops of a pass below which all stays on the calling thread.
inline constexpr double kConvolutionWorthThreads = 1.2e6;

}  // namespace retrograd::detail
