#include "convolution_cut.h"

#include <algorithm>

namespace retrograd::detail {

namespace {

// What was measured (AVX-512, float32, one core): a run through the taps makes 24 multiply-adds in 12 cycles whatever
// lies between rows, so what costs is the share of positions that are none: 2 of 9 for 3 × 3 on 7 × 7. Unfolding costs
// about 16 multiply-adds an element, shared by the filters: with 64 filters it pays from a quarter of waste on.
constexpr double kUnfolding = 16;
// Positions of a tile: as many as let all filters' sums stay in the second-level cache, within these bounds; and of an
// unfolded one, whose taps' rows must stay there too.
constexpr std::int64_t kTileElements = 64 * 1024, kLeastTile = 1024, kMostTile = 4096, kUnfoldedTile = 384;
// Terms of a sum that are added one by one before they go to the sum of such blocks; their weights and rows stay in the
// first-level cache.
constexpr std::int64_t kTaps = 256;
// Tasks that are enough for any pool, and filters of a task below which laying out its source again costs too much.
constexpr std::int64_t kTasks = 8, kFewestFilters = 32, kFilterBlock = 8;
// A line of the cache, and bytes of a vector.
constexpr std::int64_t kLine = 16, kVectorBytes = 64;

std::int64_t divided_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
std::int64_t rounded_up(std::int64_t a, std::int64_t b) { return divided_up(a, b) * b; }
// An odd number of lines, so that equal places of neighbors do not fight for one place in the cache.
std::int64_t spread(std::int64_t elements) { return (divided_up(elements, kLine) | 1) * kLine; }

// The distance of sums from row to row: zeros at the end of a row serve at the beginning of the next one as well.
std::int64_t shared_length(const SlidingAxis& axis) {
  return std::max(axis.out, axis.out + axis.reach - axis.zeros_at_both_ends());
}

bool is_worth_threads(const SlidingPass& pass) { return pass.flops() >= kConvolutionWorthThreads; }

// The cuts into tiles of about so many positions, unfolded or not.
void cut_positions(SlidingCut& cut, const SlidingPass& pass, std::int64_t most) {
  const std::int64_t height = pass.rows.out, width = pass.columns.out, wanted = is_worth_threads(pass) ? 4 : 1;
  if (pass.positions() >= most) {
    cut.image_cuts = pass.images;
    cut.column_cuts = std::max<std::int64_t>(width / most, 1);
    cut.row_cuts = std::min(height, divided_up(height * divided_up(width, cut.column_cuts), most));
  } else {
    const std::int64_t together = std::max<std::int64_t>(most / pass.positions(), 1);
    cut.image_cuts = std::min(pass.images, std::max(divided_up(pass.images, together), wanted));
    cut.column_cuts = cut.row_cuts = 1;
  }
}

// Where elements of a tile lie; images stand one behind the other where a tile has several.
void lay_out(SlidingCut& cut, const SlidingPass& pass) {
  const SlidingAxis &down = pass.rows, &along = pass.columns;
  const std::int64_t images = divided_up(pass.images, cut.image_cuts), rows = divided_up(down.out, cut.row_cuts),
                     columns = divided_up(along.out, cut.column_cuts);
  cut.is_direct = down.reads_source() && along.reads_source() && (images == 1 || cut.unfolds);
  if (cut.is_direct) {
    cut.pitch = along.in, cut.image_rows = 0, cut.phase = 0, cut.channel = down.in * along.in;
  } else {
    cut.pitch = cut.column_cuts == 1 ? shared_length(along) : columns + along.reach;
    cut.image_rows = cut.row_cuts == 1 ? shared_length(down) : rows + down.reach;
    cut.phase = spread(((images - 1) * cut.image_rows + rows + down.reach - 1) * cut.pitch + columns + along.reach);
    cut.channel = cut.phase * static_cast<std::int64_t>(down.phases.size() * along.phases.size());
  }
  const std::int64_t most_taps = cut.unfolds ? kTaps / 2 : kTaps;
  cut.taps_together = std::min(most_taps, pass.channels * pass.taps());
  cut.channels_together = std::clamp<std::int64_t>(most_taps / pass.taps(), 1, pass.channels);
  cut.run = spread(cut.length({0, images, 0, rows, 0, columns}));
}

void cut_filters(SlidingCut& cut, const SlidingPass& pass) {
  cut.filter_parts = 1;
  if (is_worth_threads(pass))
    cut.filter_parts = std::clamp<std::int64_t>(divided_up(kTasks, cut.tiles() * pass.groups), 1,
                                                std::max<std::int64_t>(pass.filters / kFewestFilters, 1));
}

}  // namespace

SlidingTile SlidingCut::tile(const SlidingPass& pass, std::int64_t number) const {
  const std::int64_t column = number % column_cuts, row = number / column_cuts % row_cuts,
                     image = number / column_cuts / row_cuts;
  const auto border = [](std::int64_t extent, std::int64_t part, std::int64_t parts) { return extent * part / parts; };
  SlidingTile at{};
  at.image = border(pass.images, image, image_cuts);
  at.images = border(pass.images, image + 1, image_cuts) - at.image;
  at.row = border(pass.rows.out, row, row_cuts);
  at.rows = border(pass.rows.out, row + 1, row_cuts) - at.row;
  at.column = border(pass.columns.out, column, column_cuts);
  at.columns = border(pass.columns.out, column + 1, column_cuts) - at.column;
  return at;
}

std::int64_t SlidingCut::first_filter(const SlidingPass& pass, std::int64_t part) const {
  return std::min(pass.filters, divided_up(pass.filters, kFilterBlock) * part / filter_parts * kFilterBlock);
}

SlidingCut cut_of_sums(const SlidingPass& pass, std::int64_t width) {
  SlidingCut cut{};
  // A tile of one image at a time, unless what lies between its rows costs more than unfolding.
  const std::int64_t lanes = kVectorBytes / width;
  const std::int64_t run = rounded_up((pass.rows.out - 1) * shared_length(pass.columns) + pass.columns.out, lanes),
                     together = std::clamp<std::int64_t>(kUnfoldedTile / pass.positions(), 1, pass.images),
                     unfolded = rounded_up(together * pass.positions(), lanes);
  cut.unfolds = static_cast<double>(run * together) >
                static_cast<double>(unfolded) * (1 + kUnfolding / static_cast<double>(pass.filters));
  const std::int64_t most = std::clamp(kTileElements / pass.filters, kLeastTile, kMostTile);
  if (cut.unfolds)
    cut_positions(cut, pass, kUnfoldedTile);
  else
    cut_positions(cut, pass, std::min(most, pass.positions()));
  lay_out(cut, pass);
  cut_filters(cut, pass);
  return cut;
}

SlidingCut cut_of_dots(const SlidingPass& pass, std::int64_t) {
  SlidingCut cut{};
  cut_positions(cut, pass, kLeastTile);  // of several images, where these are small
  lay_out(cut, pass);
  cut_filters(cut, pass);
  return cut;
}

}  // namespace retrograd::detail
