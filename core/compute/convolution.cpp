#include "convolution.h"

#include <algorithm>
#include <utility>

#include "../base/threads.h"
#include "../blas/gemm.h"
#include "../kernels/im2col.h"
#include "creation.h"
#include "scratch.h"

namespace retrograd::detail {

namespace {

// The number of elements in a block of columns, small enough that the product finds them in the L2 cache; and the
// number of positions below which products are too narrow to be fast: a block has at least as many, from several images
// if need be.
constexpr std::int64_t kBlockElements = 128 * 1024, kFewPositions = 256;
// The number of flops below which everything runs on the calling thread.
constexpr double kWorthThreads = 1.2e6;
// The number of tasks that is enough for any pool, and the maximum size of the partial sums of a gradient.
constexpr std::int64_t kManyTasks = 16, kPartialElements = 1 << 20;

std::int64_t divided_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

double flops_of(const ConvSizes& s) {
  return 2.0 * static_cast<double>(s.images * s.windows.positions()) * static_cast<double>(s.filters) *
         static_cast<double>(s.depth());
}

// The columns of a block: some positions of one image, or all positions of several.
struct Span {
  std::int64_t first_image, last_image, begin, end;
  bool is_of_one() const { return last_image - first_image == 1; }
  std::int64_t count() const { return (last_image - first_image) * (end - begin); }
};

// All images, split into nearly equal spans: an image into `cuts` spans, or, if cuts is 1, a few images per span.
struct Spans {
  std::int64_t images, positions, cuts, count, widest;
  explicit Spans(const ConvSizes& s) : images(s.images), positions(s.windows.positions()) {
    const std::int64_t most = std::max(kFewPositions, kBlockElements / s.depth());
    cuts = divided_up(positions, most);
    const std::int64_t together = std::max<std::int64_t>(kFewPositions / positions, 1);
    count = cuts > 1 ? images * cuts : divided_up(images, together);
    widest = cuts > 1 ? divided_up(positions, cuts) : divided_up(images, count) * positions;
  }
  Span operator[](std::int64_t i) const {
    if (cuts == 1) return {images * i / count, images * (i + 1) / count, 0, positions};
    const std::int64_t image = i / cuts, cut = i % cuts;
    return {image, image + 1, positions * cut / cuts, positions * (cut + 1) / cuts};
  }
};

// The convolution for one element type: the layout of the operands, and the work of each task.
template <class T>
class Convolution {
 public:
  explicit Convolution(const ConvSizes& sizes)
      : s_(sizes),
        spans_(sizes),
        columns_(sizes.depth() * spans_.widest),
        rows_(sizes.filters_each() * spans_.widest) {}

  // Y = W · columns(X), per image and group.
  void forward(const T* x, const T* weight, const T* bias, T* y) const {
    const std::int64_t m = s_.filters_each();
    run(spans_.count * s_.groups, [&](std::int64_t task, T* scratch) {
      const std::int64_t group = task % s_.groups;
      const Span span = spans_[task / s_.groups];
      const MatrixIn<T> right = columns_of(x, group, span, scratch);
      const bool direct = span.is_of_one();
      T* to = direct ? y + first_row(group, span.first_image) + span.begin : scratch + columns_;
      const std::int64_t stride = direct ? spans_.positions : span.count();
      if (bias)
        for (std::int64_t row = 0; row < m; ++row) std::fill_n(to + row * stride, span.count(), bias[group * m + row]);
      multiply(m, span.count(), s_.depth(), {weight + group * m * s_.depth(), s_.depth(), false}, right,
               bias ? T{1} : T{0}, to, stride);
      if (direct) return;
      for (std::int64_t row = 0; row < m; ++row)
        for (std::int64_t image = span.first_image; image < span.last_image; ++image, to += spans_.positions)
          std::copy_n(to, spans_.positions, y + first_row(group, image) + row * spans_.positions);
    });
  }

  // columns(dX) = Wᵀ · dY, summed where windows overlap: the channels of an image form one task, or several tasks of
  // some channels each.
  void back(const T* g, const T* weight, T* x) const {
    const std::int64_t per_image = spans_.cuts, blocks = spans_.count / per_image * s_.groups;
    // Each part packs g again: with fewer rows than this, packing would take longer than the product.
    constexpr std::int64_t kFewRows = 32;
    const std::int64_t most_parts = std::min(s_.channels_each(), s_.depth() / kFewRows);
    const std::int64_t parts = flops_of(s_) < kWorthThreads
                                   ? 1
                                   : std::max<std::int64_t>(std::min(divided_up(kManyTasks, blocks), most_parts), 1);
    const bool sums_up = s_.windows.size() > kFewTerms;
    const ThreadScratch totals(sums_up ? s_.windows.pixels() * static_cast<std::int64_t>(sizeof(double)) : 0,
                               shares(blocks * parts));
    run(blocks * parts, [&](std::int64_t task, T* scratch) {
      const std::int64_t group = task / parts % s_.groups, block = task / parts / s_.groups, part = task % parts;
      const std::int64_t first = s_.channels_each() * part / parts, last = s_.channels_each() * (part + 1) / parts;
      const std::int64_t rows = (last - first) * s_.windows.size();
      const MatrixIn<T> left{weight + group * s_.filters_each() * s_.depth() + first * s_.windows.size(), s_.depth(),
                             true};
      for (std::int64_t cut = 0; cut < per_image; ++cut) {
        const Span span = spans_[block * per_image + cut];
        const MatrixIn<T> right = rows_of(g, group, span, scratch + columns_);
        const auto planes = [&](std::int64_t image) {
          return x + (image * s_.channels + group * s_.channels_each() + first) * s_.windows.pixels();
        };
        if (s_.windows.are_pixels() && span.is_of_one()) {
          multiply(rows, span.count(), s_.filters_each(), left, right, T{0}, planes(span.first_image) + span.begin,
                   spans_.positions);
          continue;
        }
        multiply(rows, span.count(), s_.filters_each(), left, right, T{0}, scratch, span.count());
        for (std::int64_t image = span.first_image; image < span.last_image; ++image) {
          if (cut == 0) std::fill_n(planes(image), (last - first) * s_.windows.pixels(), T{0});
          col2im(s_.windows, scratch + (image - span.first_image) * spans_.positions, span.count(), last - first,
                 span.begin, span.end, planes(image), reinterpret_cast<double*>(totals.mine()));
        }
      }
    });
  }

  // dW = Σ dY · columns(X)ᵀ over images: partial sums over ranges of tasks, added in order. Over a long range, the sum
  // is repeatedly moved to double, so that its error does not grow with the number of images.
  void correlate(const T* x, const T* g, T* weight) const {
    const std::int64_t tasks = spans_.count * s_.groups, size = s_.filters * s_.depth(), m = s_.filters_each();
    const std::int64_t parts = flops_of(s_) < kWorthThreads
                                   ? 1
                                   : std::clamp<std::int64_t>(std::min(tasks, kPartialElements / size), 1, kManyTasks);
    constexpr std::int64_t kTogether = 32;
    const std::int64_t together = kTogether * s_.groups;
    const bool is_long = tasks > parts * together;
    const Tensor partial = zeros({parts - 1, size}, dtype_of<T>), totals = zeros({is_long ? parts : 0, size}, float64);
    std::fill_n(weight, size, T{0});
    run(parts, [&](std::int64_t part, T* scratch) {
      T* sums = part == 0 ? weight : values<T>(partial) + (part - 1) * size;
      const std::int64_t first = tasks * part / parts, last = tasks * (part + 1) / parts;
      for (std::int64_t task = first; task < last; ++task) {
        const std::int64_t group = task % s_.groups;
        const Span span = spans_[task / s_.groups];
        MatrixIn<T> right = columns_of(x, group, span, scratch);
        right.transposed = true;
        T* to = sums + group * m * s_.depth();
        const MatrixIn<T> left = rows_of(g, group, span, scratch + columns_);
        parts == 1 ? gemm(m, s_.depth(), span.count(), left, right, T{1}, to, s_.depth())
                   : gemm_tile({0, m, 0, s_.depth()}, span.count(), left, right, T{1}, to, s_.depth());
        if (!is_long || (task + 1 < last && (task + 1 - first) % together != 0)) continue;
        double* total = values<double>(totals) + part * size;
        for (std::int64_t i = 0; i < size; ++i) total[i] += static_cast<double>(std::exchange(sums[i], T{0}));
      }
    });
    if (is_long) {
      const double* total = values<double>(totals);
      for (std::int64_t i = 0; i < size; ++i) {
        double sum = 0;
        for (std::int64_t part = 0; part < parts; ++part) sum += total[part * size + i];
        weight[i] = static_cast<T>(sum);
      }
      return;
    }
    const T* more = values<T>(partial);
    for (std::int64_t part = 1; part < parts; ++part, more += size)
      for (std::int64_t i = 0; i < size; ++i) weight[i] += more[i];
  }

 private:
  // One thread per task if that pays off.
  Rows shares(std::int64_t tasks) const { return {tasks, flops_of(s_) < kWorthThreads ? 0 : kSharedSteps}; }

  // Calls f(task, scratch) for each task, in parallel if that pays off; scratch is per thread, with room for the
  // columns of a span followed by its rows of y.
  template <class F>
  void run(std::int64_t tasks, F f) const {
    const Rows rows = shares(tasks);
    const ThreadScratch scratch((columns_ + rows_) * static_cast<std::int64_t>(sizeof(T)), rows);
    parallel_for(tasks, static_cast<double>(rows.steps), [&](std::int64_t begin, std::int64_t end) {
      T* mine = reinterpret_cast<T*>(scratch.mine());
      for (std::int64_t task = begin; task < end; ++task) f(task, mine);
    });
  }

  // C = A · B + beta · C, on this thread if other tasks keep the other threads busy.
  void multiply(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<T> a, MatrixIn<T> b, T beta, T* c,
                std::int64_t stride) const {
    if (spans_.count * s_.groups == 1)
      gemm(m, n, k, a, b, beta, c, stride);
    else
      gemm_tile({0, m, 0, n}, k, a, b, beta, c, stride);
  }

  // The offset in y of the group's first filter of an image.
  std::int64_t first_row(std::int64_t group, std::int64_t image) const {
    return (image * s_.filters + group * s_.filters_each()) * spans_.positions;
  }
  // The columns of a span; windows of a single element are read in place.
  MatrixIn<T> columns_of(const T* x, std::int64_t group, const Span& span, T* scratch) const {
    const std::int64_t pixels = s_.windows.pixels();
    const auto planes = [&](std::int64_t image) {
      return x + (image * s_.channels + group * s_.channels_each()) * pixels;
    };
    if (s_.windows.are_pixels() && span.is_of_one()) return {planes(span.first_image) + span.begin, pixels, false};
    for (std::int64_t image = span.first_image; image < span.last_image; ++image)
      im2col(s_.windows, planes(image), s_.channels_each(), span.begin, span.end,
             scratch + (image - span.first_image) * spans_.positions, span.count());
    return {scratch, span.count(), false};
  }
  // The group's rows of y over a span; those of several images are gathered.
  MatrixIn<T> rows_of(const T* y, std::int64_t group, const Span& span, T* scratch) const {
    if (span.is_of_one()) return {y + first_row(group, span.first_image) + span.begin, spans_.positions, false};
    T* to = scratch;
    for (std::int64_t row = 0; row < s_.filters_each(); ++row)
      for (std::int64_t image = span.first_image; image < span.last_image; ++image, to += spans_.positions)
        std::copy_n(y + first_row(group, image) + row * spans_.positions, spans_.positions, to);
    return {scratch, span.count(), false};
  }

  ConvSizes s_;
  Spans spans_;
  std::int64_t columns_, rows_;  // number of elements of the widest span
};

}  // namespace

Tensor convolve(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvSizes& sizes) {
  const Tensor y = Tensor::empty(sizes.y(), x.dtype());
  if (y.size() == 0) return y;
  const Tensor image = packed(x), filters = packed(weight), summand = bias.defined() ? packed(bias) : Tensor();
  dispatch<float, double>(x.dtype(), [&]<class T>() {
    const T* b = summand.defined() ? summand.data<T>() : nullptr;
    if (sizes.depth() > 0) return Convolution<T>(sizes).forward(image.data<T>(), filters.data<T>(), b, values<T>(y));
    const std::int64_t positions = sizes.windows.positions();  // empty sums
    for (std::int64_t row = 0; row < sizes.images * sizes.filters; ++row)
      std::fill_n(values<T>(y) + row * positions, positions, b ? b[row % sizes.filters] : T{0});
  });
  return y;
}

Tensor convolve_back(const Tensor& g, const Tensor& weight, const ConvSizes& sizes) {
  if (g.size() == 0 || sizes.x().size() == 0) return zeros(sizes.x(), g.dtype());
  const Tensor x = Tensor::empty(sizes.x(), g.dtype()), rows = packed(g), filters = packed(weight);
  dispatch<float, double>(
      g.dtype(), [&]<class T>() { Convolution<T>(sizes).back(rows.data<T>(), filters.data<T>(), values<T>(x)); });
  return x;
}

Tensor correlate(const Tensor& x, const Tensor& g, const ConvSizes& sizes) {
  if (x.size() == 0 || sizes.weight().size() == 0) return zeros(sizes.weight(), g.dtype());
  const Tensor weight = Tensor::empty(sizes.weight(), g.dtype()), image = packed(x), rows = packed(g);
  dispatch<float, double>(g.dtype(), [&]<class T>() {
    Convolution<T>(sizes).correlate(image.data<T>(), rows.data<T>(), values<T>(weight));
  });
  return weight;
}

}  // namespace retrograd::detail
