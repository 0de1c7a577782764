#include "convolution.h"

#include <algorithm>

#include "../base/threads.h"
#include "convolution_cut.h"
#include "creation.h"
#include "scratch.h"

namespace retrograd::detail {

namespace {

template <class T, class Run>
Run kernel(const ByDtype<Run>& run) {
  return run[static_cast<std::size_t>(dtype_of<T>)];
}

// One pass over tiles: what its tasks share.
template <class T>
class Pass {
 public:
  Pass(const SlidingPass& pass, const SlidingCut& cut, const T* source, const ConvSizes& sizes)
      : p_(pass), cut_(cut), source_(source) {
    source_channels_ = p_.groups * p_.channels;
    taps_.reserve(static_cast<std::size_t>(cut_.channels_together * p_.taps()));
    for (std::int64_t channel = 0; channel < cut_.channels_together; ++channel)
      for (const SlidingTap& i : p_.rows.taps)
        for (const SlidingTap& j : p_.columns.taps) {
          const std::int64_t phase = i.phase * static_cast<std::int64_t>(p_.columns.phases.size()) + j.phase;
          taps_.push_back({channel * p_.weight_of_channel + i.element * sizes.windows.columns.size + j.element,
                           channel * cut_.channel + phase * cut_.phase + i.shift * cut_.row + j.shift});
        }
  }

 protected:
  std::int64_t source_elements() const { return cut_.is_direct ? 0 : spread(cut_.channels_together * cut_.channel); }
  static std::int64_t spread(std::int64_t n) { return (n + 15) / 16 * 16; }

  // Calls f(task, scratch) for each task, on all threads where it pays, with as many elements of scratch.
  template <class F>
  void run(std::int64_t tasks, std::int64_t elements, F f) const {
    const double steps =
        p_.flops() < kConvolutionWorthThreads ? 0 : p_.flops() / kFlopsOfStep / static_cast<double>(tasks);
    const Rows rows{tasks, static_cast<std::int64_t>(steps)};
    const ThreadScratch scratch(elements * static_cast<std::int64_t>(sizeof(T)), rows);
    parallel_for(tasks, static_cast<double>(rows.steps), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t task = begin; task < end; ++task) f(task, reinterpret_cast<T*>(scratch.mine()));
    });
  }

  // Calls f(source, taps, how many, weight's offset, whether they are the first) for blocks of the taps of a tile, in
  // order.
  template <class F>
  void for_each_block(const SlidingTile& tile, std::int64_t group, T* scratch, F f) const {
    for (std::int64_t channel = 0; channel < p_.channels; channel += cut_.channels_together) {
      const std::int64_t channels = std::min(cut_.channels_together, p_.channels - channel),
                         count = channels * p_.taps();
      const T* const source = read(tile, group * p_.channels + channel, channels, scratch);
      for (std::int64_t at = 0; at < count; at += cut_.taps_together)
        f(source, taps_.data() + at, std::min(cut_.taps_together, count - at), channel * p_.weight_of_channel,
          channel + at == 0);
    }
  }

  const SlidingPass& p_;
  const SlidingCut& cut_;
  const T* source_;
  std::int64_t source_channels_;
  std::vector<Tap, PoolAllocator<Tap>> taps_;

  // The planes from `channel` on of a tile, with zeros around them, by phases; or where they lie.
  const T* read(const SlidingTile& tile, std::int64_t channel, std::int64_t channels, T* to) const {
    const SlidingAxis &down = p_.rows, &along = p_.columns;
    const std::int64_t pixels = down.in * along.in;
    const T* const planes = source_ + (tile.image * source_channels_ + channel) * pixels;
    if (cut_.is_direct)
      return planes + down.source(tile.row, 0, down.phases[0]) * along.in +
             along.source(tile.column, 0, along.phases[0]);
    if (tile.images < cut_.images_together) std::fill_n(to, channels * cut_.channel, T{0});  // there are gaps
    T* phase = to;
    for (const std::int64_t i : down.phases)
      for (const std::int64_t j : along.phases) {
        const auto [top, bottom] = down.inside(tile.row, tile.rows, i);
        const auto [left, right] = along.inside(tile.column, tile.columns, j);
        kernel<T>(convolution_kernels().lay)(
            planes + down.source(tile.row, 0, i) * along.in + along.source(tile.column, 0, j),
            {pixels, source_channels_ * pixels, down.step * along.in, along.step}, phase,
            {cut_.channel, cut_.image, cut_.row, 1},
            {channels, tile.rows + down.reach, tile.images, tile.columns + along.reach, top, bottom, left, right});
        phase += cut_.phase;
      }
    return to;
  }
};

// result[f] = start[f] + Σ weights · what windows meet, at the places of the result that the axes say.
template <class T>
class SumsPass : Pass<T> {
  using Pass<T>::p_, Pass<T>::cut_;

 public:
  using Pass<T>::Pass;
  void operator()(const T* weights, const T* start, T* result, std::int64_t height, std::int64_t width) const {
    const std::int64_t tiles = cut_.tiles(), pixels = height * width;
    const bool in_place = cut_.is_in_place(p_);
    const std::int64_t before = this->source_elements();
    std::int64_t most_filters = 0;
    for (std::int64_t part = 0; part < cut_.filter_parts; ++part)
      most_filters = std::max(most_filters, cut_.first_filter(p_, part + 1) - cut_.first_filter(p_, part));
    this->run(tiles * p_.groups * cut_.filter_parts, before + (in_place ? 0 : most_filters * cut_.run),
              [&](std::int64_t task, T* scratch) {
                const std::int64_t part = task % cut_.filter_parts, group = task / cut_.filter_parts % p_.groups;
                const SlidingTile tile = cut_.tile(p_, task / cut_.filter_parts / p_.groups);
                const std::int64_t first = cut_.first_filter(p_, part),
                                   filters = cut_.first_filter(p_, part + 1) - first,
                                   plane = group * p_.filters + first;
                T* const to = result +
                              ((tile.image * p_.groups * p_.filters + plane) * height + p_.rows.first +
                               tile.row * p_.rows.stride) *
                                  width +
                              p_.columns.first + tile.column * p_.columns.stride;
                T* const sums = in_place ? to : scratch + before;
                const std::int64_t run = in_place ? pixels : cut_.run;
                const T* const of_group = weights + group * p_.weight_of_group + first * p_.weight_of_filter;
                this->for_each_block(
                    tile, group, scratch,
                    [&](const T* source, const Tap* taps, std::int64_t count, std::int64_t offset, bool begins) {
                      kernel<T>(convolution_kernels().sums)(source, of_group + offset, p_.weight_of_filter, taps, count,
                                                            filters, sums, run, cut_.length(tile), begins,
                                                            start ? start + plane : nullptr);
                    });
                if (in_place) return;
                for (std::int64_t image = 0; image < tile.images; ++image)
                  kernel<T>(convolution_kernels().copy)(
                      sums + image * cut_.image, {run, cut_.row, 1}, to + image * p_.groups * p_.filters * pixels,
                      {pixels, width * p_.rows.stride, p_.columns.stride}, filters, tile.rows, tile.columns);
              });
  }
};

// weight[f] = Σ rows[f] · what a tap meets, over all positions of all images.
template <class T>
class DotsPass : Pass<T> {
  using Pass<T>::p_, Pass<T>::cut_;

 public:
  using Pass<T>::Pass;
  void operator()(const T* rows, T* weight) const {
    // With few positions the sums of vectors' lanes would take longest: positions are taps then, and taps positions.
    constexpr std::int64_t kFewPositions = 256, kSomeFilters = 8;
    const bool are_all_taps = p_.taps() == p_.weight_of_channel && p_.taps() <= kFewPositions;
    if (p_.images * p_.positions() <= kFewPositions && p_.filters >= kSomeFilters && are_all_taps)
      by_positions(rows, weight);
    else
      by_taps(rows, weight);
  }

 private:
  void by_positions(const T* rows, T* weight) const {
    const std::int64_t blocks = (p_.channels + cut_.channels_together - 1) / cut_.channels_together;
    const std::int64_t width = this->spread(cut_.channels_together * p_.taps()), depth = p_.weight_of_filter;
    // Where in a run, transposed, the sums of each position of an image are.
    std::vector<Tap, PoolAllocator<Tap>> positions;
    for (std::int64_t i = 0; i < p_.positions(); ++i)
      positions.push_back({i, (i / p_.columns.out * cut_.row + i % p_.columns.out) * width});
    this->run(p_.groups * blocks, this->source_elements() + cut_.run * width, [&](std::int64_t task, T* scratch) {
      const std::int64_t group = task / blocks, channel = task % blocks * cut_.channels_together,
                         channels = std::min(cut_.channels_together, p_.channels - channel),
                         taps = channels * p_.taps();
      T* const turned = scratch + this->source_elements();
      T* const to = weight + group * p_.filters * depth + channel * p_.weight_of_channel;
      for (std::int64_t number = 0; number < cut_.tiles(); ++number) {
        const SlidingTile tile = cut_.tile(p_, number);
        const T* const source = this->read(tile, group * p_.channels + channel, channels, scratch);
        for (std::int64_t q = 0; q < cut_.length(tile); ++q)
          for (std::int64_t t = 0; t < taps; ++t) turned[q * width + t] = source[this->taps_[at(t)].source + q];
        for (std::int64_t image = 0; image < tile.images; ++image)
          kernel<T>(convolution_kernels().sums)(
              turned + image * cut_.image * width,
              rows + ((tile.image + image) * p_.groups + group) * p_.filters * p_.positions(), p_.positions(),
              positions.data(), p_.positions(), p_.filters, to, depth, taps, tile.image + image == 0, nullptr);
      }
    });
  }
  static std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

  // Partial sums, in doubles, of stretches of tiles, and these in order.
  void by_taps(const T* rows, T* weight) const {
    constexpr std::int64_t kPartialElements = 1 << 19, kManyTasks = 16;
    const std::int64_t tiles = cut_.tiles(), size = p_.groups * p_.filters * p_.weight_of_filter;
    const std::int64_t stretches =
        p_.flops() < kConvolutionWorthThreads
            ? 1
            : std::clamp<std::int64_t>(
                  std::min({tiles, kPartialElements / size, (kManyTasks + p_.groups - 1) / p_.groups}), 1, kManyTasks);
    const Tensor partial = zeros({stretches, size}, float64);
    const std::int64_t before = this->source_elements();
    const bool in_place = cut_.is_in_place(p_);
    this->run(
        stretches * p_.groups * cut_.filter_parts, before + (in_place ? 0 : p_.filters * cut_.run),
        [&](std::int64_t task, T* scratch) {
          const std::int64_t part = task % cut_.filter_parts, group = task / cut_.filter_parts % p_.groups,
                             stretch = task / cut_.filter_parts / p_.groups;
          const std::int64_t first = cut_.first_filter(p_, part), filters = cut_.first_filter(p_, part + 1) - first;
          double* const sums =
              values<double>(partial) + stretch * size + group * p_.filters * p_.weight_of_filter + first;
          for (std::int64_t number = tiles * stretch / stretches; number < tiles * (stretch + 1) / stretches;
               ++number) {
            const SlidingTile tile = cut_.tile(p_, number);
            const T* const as_they_lie = rows_of(rows, tile, group * p_.filters + first);
            const T* const of_tile = in_place ? as_they_lie : laid_out(as_they_lie, tile, filters, scratch + before);
            const std::int64_t run = in_place ? p_.positions() : cut_.run;
            this->for_each_block(tile, group, scratch,
                                 [&](const T* source, const Tap* taps, std::int64_t count, std::int64_t offset, bool) {
                                   kernel<T>(convolution_kernels().dots)(of_tile, run, filters, source, taps, count,
                                                                         cut_.length(tile), sums + offset * p_.filters,
                                                                         p_.filters);
                                 });
          }
        });
    add_up(values<double>(partial), stretches, size, weight);
  }

  const T* rows_of(const T* rows, const SlidingTile& tile, std::int64_t plane) const {
    return rows + ((tile.image * p_.groups * p_.filters + plane) * p_.rows.out + tile.row) * p_.columns.out +
           tile.column;
  }
  // A tile's rows as its sums lie.
  const T* laid_out(const T* rows, const SlidingTile& tile, std::int64_t filters, T* to) const {
    if (tile.images < cut_.images_together) std::fill_n(to, filters * cut_.run, T{0});  // there are gaps
    for (std::int64_t image = 0; image < tile.images; ++image)
      kernel<T>(convolution_kernels().copy)(rows + image * p_.groups * p_.filters * p_.positions(),
                                            {p_.positions(), p_.columns.out, 1}, to + image * cut_.image,
                                            {cut_.run, cut_.row, 1}, filters, tile.rows, tile.columns);
    return to;
  }
  // Of each group the sums lie by taps, then filters; the weights the other way around.
  void add_up(const double* partial, std::int64_t stretches, std::int64_t size, T* weight) const {
    const std::int64_t depth = p_.weight_of_filter, filters = p_.filters;
    constexpr std::int64_t kTaps = 16, kFilters = 64;  // of a block
    const std::int64_t blocks = (depth + kTaps - 1) / kTaps;
    parallel_for(p_.groups * blocks, static_cast<double>(kTaps * filters * stretches),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t block = begin; block < end; ++block) {
                     const std::int64_t group = block / blocks, first = block % blocks * kTaps,
                                        taps = std::min(kTaps, depth - first);
                     const double* const from = partial + (group * depth + first) * filters;
                     T* const to = weight + group * filters * depth + first;
                     for (std::int64_t filter = 0; filter < filters; filter += kFilters) {
                       const std::int64_t together = std::min(kFilters, filters - filter);
                       T sums[kTaps][kFilters];
                       for (std::int64_t t = 0; t < taps; ++t)
                         for (std::int64_t f = 0; f < together; ++f) {
                           double sum = from[t * filters + filter + f];
                           for (std::int64_t i = 1; i < stretches; ++i)
                             sum += from[i * size + t * filters + filter + f];
                           sums[t][f] = static_cast<T>(sum);
                         }
                       for (std::int64_t f = 0; f < together; ++f)
                         for (std::int64_t t = 0; t < taps; ++t) to[(filter + f) * depth + t] = sums[t][f];
                     }
                   }
                 });
  }
};

// Windows that are single elements may as well stand in one row.
ConvSizes flattened(ConvSizes s) {
  const std::int64_t pixels = s.windows.pixels();
  if (s.windows.are_pixels()) s.windows = {{1, 1, 1, 0, 1, 1}, {pixels, 1, 1, 0, 1, pixels}};
  return s;
}
// The pass of y = x * weight, whose source is x.
SlidingPass pass_of(const ConvSizes& s) {
  return {sliding_windows(s.windows.rows),
          sliding_windows(s.windows.columns),
          s.images,
          s.groups,
          s.channels_each(),
          s.filters_each(),
          s.filters_each() * s.depth(),
          s.depth(),
          s.windows.size(),
          s.windows.columns.size};
}
// The pass of the elements of x that stand on (row, column) of a stride, whose source is y.
SlidingPass transpose_of(const ConvSizes& s, std::int64_t row, std::int64_t column) {
  return {sliding_transpose(s.windows.rows, row),
          sliding_transpose(s.windows.columns, column),
          s.images,
          s.groups,
          s.filters_each(),
          s.channels_each(),
          s.filters_each() * s.depth(),
          s.windows.size(),
          s.depth(),
          s.windows.columns.size};
}

// Every position of the result is start[f]: sums of nothing.
template <class T>
void fill(const SlidingPass& pass, const T* start, T* result, std::int64_t height, std::int64_t width) {
  for (std::int64_t plane = 0; plane < pass.images * pass.groups * pass.filters; ++plane)
    for (std::int64_t row = 0; row < pass.rows.out; ++row)
      for (std::int64_t column = 0; column < pass.columns.out; ++column)
        result[(plane * height + pass.rows.first + row * pass.rows.stride) * width + pass.columns.first +
               column * pass.columns.stride] = start ? start[plane % (pass.groups * pass.filters)] : T{0};
}
template <class T>
void sum_up(SlidingPass pass, const ConvSizes& sizes, const T* source, const T* weights, const T* start, T* result,
            std::int64_t height, std::int64_t width) {
  if (pass.positions() == 0) return;
  if (pass.taps() * pass.channels == 0) return fill(pass, start, result, height, width);
  const SlidingCut cut = cut_of_sums(pass);
  SumsPass<T>(pass, cut, source, sizes)(weights, start, result, height, width);
}

}  // namespace

Tensor convolve(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvSizes& given) {
  const ConvSizes sizes = flattened(given);
  const Tensor y = Tensor::empty(given.y(), x.dtype());
  if (y.size() == 0) return y;
  const Tensor image = packed(x), filters = packed(weight), summand = bias.defined() ? packed(bias) : Tensor();
  dispatch<float, double>(x.dtype(), [&]<class T>() {
    sum_up(pass_of(sizes), sizes, image.data<T>(), filters.data<T>(), summand.defined() ? summand.data<T>() : nullptr,
           values<T>(y), sizes.windows.rows.out, sizes.windows.columns.out);
  });
  return y;
}

Tensor convolve_back(const Tensor& g, const Tensor& weight, const ConvSizes& given) {
  if (g.size() == 0 || given.x().size() == 0) return zeros(given.x(), g.dtype());
  const ConvSizes sizes = flattened(given);
  const Tensor x = Tensor::empty(given.x(), g.dtype()), rows = packed(g), filters = packed(weight);
  const WindowAxis &down = sizes.windows.rows, &along = sizes.windows.columns;
  dispatch<float, double>(g.dtype(), [&]<class T>() {
    for (std::int64_t i = 0; i < std::min(down.stride, down.in); ++i)
      for (std::int64_t j = 0; j < std::min(along.stride, along.in); ++j)
        sum_up<T>(transpose_of(sizes, i, j), sizes, rows.data<T>(), filters.data<T>(), nullptr, values<T>(x), down.in,
                  along.in);
  });
  return x;
}

Tensor correlate(const Tensor& x, const Tensor& g, const ConvSizes& given) {
  const ConvSizes sizes = flattened(given);
  if (x.size() == 0 || sizes.weight().size() == 0) return zeros(sizes.weight(), g.dtype());
  SlidingPass pass = pass_of(sizes);
  if (pass.taps() == 0) return zeros(sizes.weight(), g.dtype());
  const SlidingCut cut = cut_of_dots(pass);
  const Tensor weight = Tensor::empty(sizes.weight(), g.dtype()), image = packed(x), rows = packed(g);
  dispatch<float, double>(
      g.dtype(), [&]<class T>() { DotsPass<T>(pass, cut, image.data<T>(), sizes)(rows.data<T>(), values<T>(weight)); });
  return weight;
}

}  // namespace retrograd::detail
