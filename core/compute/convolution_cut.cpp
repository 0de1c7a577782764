#include "convolution_cut.h"

#include <algorithm>

namespace retrograd::detail {

namespace {

// Measured (AVX-512, float32, one core): the kernels make 32 multiply-adds a cycle, those of positions between rows
// included, and copying an element to a phase takes about half a cycle. So a phase for each tap pays where what lies
// between rows is more than this many multiply-adds an element: for 3 x 3 on 14 x 14 from 50 filters on, on 7 x 7 from
// 25 on, hardly ever on 56 x 56, and never for one filter.
constexpr double kCopying = 16;
// Positions of a tile: as many as let all filters' sums stay in the second-level cache, within these bounds. Smaller
// images are put together up to the lower one.
constexpr std::int64_t kTileElements = 64 * 1024, kLeastTile = 1024, kMostTile = 4096;
// Terms of a sum that are added one by one before they go to the sum of such blocks; their weights and rows stay in the
// first-level cache.
constexpr std::int64_t kTaps = 256;
// Tasks that are enough for any pool, and filters of a task below which laying out its source again costs too much.
constexpr std::int64_t kTasks = 8, kFewestFilters = 64, kFilterBlock = 8;
// Elements of a line of the cache.
constexpr std::int64_t kLine = 16;

std::int64_t divided_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
// An odd number of lines, so that equal places of neighbors do not fight for one place in the cache.
std::int64_t spread(std::int64_t elements) { return (divided_up(elements, kLine) | 1) * kLine; }

// The distance of sums from row to row: zeros at the end of a row serve at the beginning of the next one as well.
std::int64_t shared_length(const SlidingAxis& axis) {
  return std::max(axis.out, axis.out + axis.reach - axis.zeros_at_both_ends());
}

bool is_worth_threads(const SlidingPass& pass) { return pass.flops() >= kConvolutionWorthThreads; }

// The cuts into tiles of a part of an image, or of some images.
void cut_positions(SlidingCut& cut, const SlidingPass& pass, bool is_exact) {
  const std::int64_t height = pass.rows.out, width = pass.columns.out, positions = pass.positions(),
                     most = std::clamp(kTileElements / pass.filters, kLeastTile, kMostTile);
  const std::int64_t together = std::max<std::int64_t>((is_exact ? 2 : 1) * kLeastTile / positions, 1);
  cut.image_cuts = divided_up(pass.images, together);
  cut.column_cuts = std::max<std::int64_t>(width / most, 1);
  cut.row_cuts = std::min(height, divided_up(height * divided_up(width, cut.column_cuts), most));
  constexpr std::int64_t kWanted = 4;  // tasks of small images
  if (is_worth_threads(pass) && !is_exact) cut.image_cuts = std::min(pass.images, std::max(cut.image_cuts, kWanted));
  // A tile with fewer images than others is no shorter, so all should have as many.
  for (std::int64_t cuts = cut.image_cuts; cuts <= std::min(2 * cut.image_cuts, pass.images); ++cuts)
    if (pass.images % cuts == 0) {
      cut.image_cuts = cuts;
      break;
    }
  cut.images_together = divided_up(pass.images, cut.image_cuts);
  cut.image_cuts = divided_up(pass.images, cut.images_together);
}

// Where elements of a tile lie.
void lay_out(SlidingCut& cut, SlidingPass& pass, bool is_exact) {
  const SlidingAxis& down = pass.rows;
  SlidingAxis& along = pass.columns;
  const std::int64_t images = cut.images_together, rows = divided_up(down.out, cut.row_cuts),
                     columns = divided_up(along.out, cut.column_cuts);
  const auto lay = [&] {
    cut.is_direct = down.reads_source() && along.reads_source() && images == 1;
    cut.image = cut.column_cuts == 1 ? shared_length(along) : columns + along.reach;
    cut.row = cut.is_direct ? along.in : images * cut.image;
    cut.phase =
        cut.is_direct
            ? 0
            : spread((rows + down.reach - 1) * cut.row + (images - 1) * cut.image + columns + along.reach + kLine);
    cut.channel = cut.is_direct ? down.in * along.in
                                : cut.phase * static_cast<std::int64_t>(down.phases.size() * along.phases.size());
  };
  lay();
  const std::int64_t sums = images * rows * columns, run = cut.length({0, images, 0, rows, 0, columns});
  const double saved =
      static_cast<double>(run - sums) / static_cast<double>(sums) * static_cast<double>(pass.taps() * pass.filters);
  const std::size_t copies = along.taps.size() - (cut.is_direct ? 0 : along.phases.size());
  if (is_exact ? run > sums : copies > 0 && saved > kCopying * static_cast<double>(copies * down.phases.size())) {
    along.unfold();
    lay();
  }
  cut.taps_together = std::min(kTaps, pass.channels * pass.taps());
  cut.channels_together = std::clamp<std::int64_t>(kTaps / pass.taps(), 1, pass.channels);
  cut.run = spread(cut.length({0, images, 0, rows, 0, columns}));
}

void cut_filters(SlidingCut& cut, const SlidingPass& pass) {
  cut.filter_parts = 1;
  if (is_worth_threads(pass))
    cut.filter_parts = std::clamp<std::int64_t>(divided_up(kTasks, cut.tiles() * pass.groups), 1,
                                                std::max<std::int64_t>(pass.filters / kFewestFilters, 1));
}

SlidingCut cut_of(SlidingPass& pass, bool is_exact) {
  SlidingCut cut{};
  cut_positions(cut, pass, is_exact);
  lay_out(cut, pass, is_exact);
  cut_filters(cut, pass);
  return cut;
}

}  // namespace

SlidingTile SlidingCut::tile(const SlidingPass& pass, std::int64_t number) const {
  const std::int64_t across = number % column_cuts, down = number / column_cuts % row_cuts,
                     first = number / column_cuts / row_cuts * images_together;
  const auto border = [](std::int64_t extent, std::int64_t part, std::int64_t parts) { return extent * part / parts; };
  SlidingTile at{};
  at.image = first;
  at.images = std::min(images_together, pass.images - first);
  at.row = border(pass.rows.out, down, row_cuts);
  at.rows = border(pass.rows.out, down + 1, row_cuts) - at.row;
  at.column = border(pass.columns.out, across, column_cuts);
  at.columns = border(pass.columns.out, across + 1, column_cuts) - at.column;
  return at;
}

std::int64_t SlidingCut::first_filter(const SlidingPass& pass, std::int64_t part) const {
  return std::min(pass.filters, divided_up(pass.filters, kFilterBlock) * part / filter_parts * kFilterBlock);
}

SlidingCut cut_of_sums(SlidingPass& pass) { return cut_of(pass, false); }
SlidingCut cut_of_dots(SlidingPass& pass) { return cut_of(pass, true); }

}  // namespace retrograd::detail
