#include "reduce.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "../base/threads.h"
#include "../base/total.h"
#include "../kernels/moments.h"
#include "kernel_for.h"

namespace retrograd::detail {

namespace {

// Approximate number of bytes per kernel call; longer rows and columns are split and the partial results folded again.
constexpr std::int64_t kTileBytes = 262144;
// Several rows narrower than kFewColumns are folded as one wide row; rows wider than kManyColumns are split.
constexpr std::int64_t kFewColumns = 32, kManyColumns = 512, kGroupOfColumns = 256;
// Columns are split at multiples of this many rows.
constexpr std::int64_t kRowsOfTile = 64;

// The axes with more than one element; adjacent axes of one kind are merged where their strides allow.
struct Axis {
  std::int64_t size, stride;
  bool is_reduced;
};
struct AxisList {
  std::array<Axis, kMaxRank> axes{};
  int rank = 0;

  const Axis& operator[](int i) const { return axes[static_cast<std::size_t>(i)]; }
  Axis& operator[](int i) { return axes[static_cast<std::size_t>(i)]; }
  void push(const Axis& axis) {
    if (axis.size == 1) return;
    if (rank > 0) {
      Axis& last = (*this)[rank - 1];
      if (last.is_reduced == axis.is_reduced && last.stride == axis.size * axis.stride) {
        last.size *= axis.size;
        last.stride = axis.stride;
        return;
      }
    }
    (*this)[rank++] = axis;
  }
  // The number of positions along the first `count` axes, and the offset of one of them.
  std::int64_t places(int count) const {
    std::int64_t product = 1;
    for (int i = 0; i < count; ++i) product *= (*this)[i].size;
    return product;
  }
  std::int64_t place(int count, std::int64_t at) const {
    std::int64_t offset = 0;
    for (int i = count - 1; i >= 0; --i) {
      offset += at % (*this)[i].size * (*this)[i].stride;
      at /= (*this)[i].size;
    }
    return offset;
  }
  // True if the positions along the first `count` axes have a constant stride.
  bool is_even(int count) const {
    for (int i = 0; i + 1 < count; ++i)
      if ((*this)[i].stride != (*this)[i + 1].size * (*this)[i + 1].stride) return false;
    return true;
  }
};

Tensor room_for(std::int64_t accumulators, const Fold& fold) {
  return Tensor::empty({accumulators * fold.bytes}, uint8);
}

struct Source {
  const std::byte* at;
  std::int64_t width;  // bytes of an element
  const std::byte* operator+(std::int64_t elements) const { return at + elements * width; }
  // Elements of a tile; and the cost of some elements for parallel_for.
  std::int64_t tile() const { return kTileBytes / width; }
  double steps(std::int64_t elements) const {
    return static_cast<double>(elements) * static_cast<double>(width) / sizeof(float);
  }
};

void fold_axes(const Fold& fold, Source x, const AxisList& axes, std::byte* into);

// Accumulators (outer, n, width) into (outer, width).
void merge(const Fold& fold, const std::byte* parts, std::int64_t outer, std::int64_t n, std::int64_t width,
           std::byte* into) {
  AxisList axes;
  if (outer > 1) axes[axes.rank++] = {outer, n * width, false};
  axes[axes.rank++] = {n, width, true};
  if (width > 1) axes[axes.rank++] = {width, 1, false};
  fold_axes(*fold.merge, {parts, fold.bytes}, axes, into);
}

// Folds the innermost axis at all positions of the others.
void fold_rows(const Fold& fold, Source x, const AxisList& axes, std::byte* into) {
  const int outer = axes.rank - 1;
  const std::int64_t n = axes[outer].size, rows = axes.places(outer), tile = x.tile();
  if (n <= tile) {
    const bool is_even = axes.is_even(outer);
    const std::int64_t stride = outer > 0 ? axes[outer - 1].stride : 0;
    parallel_for(rows, x.steps(n), [&](std::int64_t begin, std::int64_t end) {
      if (is_even) return fold.rows(x + begin * stride, stride, end - begin, n, into + begin * fold.bytes);
      for (std::int64_t row = begin; row < end; ++row)
        fold.rows(x + axes.place(outer, row), 0, 1, n, into + row * fold.bytes);
    });
    return;
  }
  const std::int64_t pieces = (n + tile - 1) / tile;
  const Tensor room = room_for(rows * pieces, fold);
  std::byte* parts = room.body().data;
  parallel_for(rows * pieces, x.steps(tile), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t at = begin; at < end; ++at) {
      const std::int64_t first = at % pieces * tile;
      fold.rows(x + (axes.place(outer, at / pieces) + first), 0, 1, std::min(tile, n - first), parts + at * fold.bytes);
    }
  });
  merge(fold, parts, rows, pieces, 1, into);
}

// Folds the second innermost axis at all positions of the others.
void fold_columns(const Fold& fold, Source x, const AxisList& axes, std::byte* into) {
  const int outer = axes.rank - 2;
  const std::int64_t own_n = axes[outer].size, own_width = axes[outer + 1].size, own_stride = axes[outer].stride,
                     count = axes.places(outer);
  // How many rows are folded as one wide row.
  const std::int64_t abreast =
      own_width < kFewColumns && own_stride == own_width && own_n * own_width >= 16 * kFewColumns
          ? 2 * kFewColumns / own_width
          : 1;
  const std::int64_t n = own_n / abreast, rest = own_n % abreast, width = own_width * abreast,
                     stride = own_stride * abreast;
  const std::int64_t group = width <= kManyColumns ? width : kGroupOfColumns, groups = (width + group - 1) / group;
  const std::int64_t length = std::max(x.tile() / group / kRowsOfTile, std::int64_t{1}) * kRowsOfTile,
                     pieces = (n + length - 1) / length;
  const std::int64_t own_pieces = pieces * abreast + (rest > 0);  // rows of parts
  const bool is_whole = own_pieces == 1;
  const Tensor room = is_whole ? Tensor() : room_for(count * own_pieces * own_width, fold);
  std::byte* parts = is_whole ? into : room.body().data;
  parallel_for(count * pieces * groups, x.steps(std::min(n, length) * group),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t at = begin; at < end; ++at) {
                   const std::int64_t first = at % groups * group, piece = at / groups % pieces,
                                      o = at / groups / pieces, row = piece * length;
                   const std::byte* from = x + (axes.place(outer, o) + row * stride + first);
                   std::byte* to = parts + (o * own_pieces * own_width + piece * width + first) * fold.bytes;
                   fold.columns(from, stride, std::min(length, n - row), std::min(group, width - first), to);
                   if (rest > 0 && piece == 0)
                     fold.columns(x + (axes.place(outer, o) + n * stride), own_stride, rest, own_width,
                                  parts + ((o + 1) * own_pieces - 1) * own_width * fold.bytes);
                 }
               });
  if (!is_whole) merge(fold, parts, count, own_pieces, own_width, into);
}

void fold_axes(const Fold& fold, Source x, const AxisList& axes, std::byte* into) {
  const int last = axes.rank - 1;
  int others = 0;
  for (int i = 0; i < last; ++i) others += axes[i].is_reduced;
  if (last < 0) return fold.rows(x.at, 0, 1, 1, into);
  const bool by_rows = axes[last].is_reduced;
  if (!by_rows && others == 0) {  // nothing is reduced
    const std::int64_t stride = axes[last].stride;
    const std::int64_t count = axes[last].size, outer = axes.places(last);
    parallel_for(outer, x.steps(count), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t o = begin; o < end; ++o)
        fold.rows(x + axes.place(last, o), stride, count, 1, into + o * count * fold.bytes);
    });
    return;
  }
  const int still = by_rows ? others : others - 1;
  const auto fold_one = by_rows ? fold_rows : fold_columns;
  if (still == 0) return fold_one(fold, x, axes, into);
  // The remaining axes, of contiguous accumulators.
  AxisList left;
  std::int64_t size = 1;
  for (int i = last; i >= 0; --i)
    if (i != (by_rows ? last : last - 1)) size *= axes[i].size;
  std::int64_t stride = size;
  for (int i = 0; i <= last; ++i) {
    if (i == (by_rows ? last : last - 1)) continue;
    stride /= axes[i].size;
    left.push({axes[i].size, stride, axes[i].is_reduced});
  }
  const Tensor room = room_for(size, fold);
  fold_one(fold, x, axes, room.body().data);
  fold_axes(*fold.merge, {room.body().data, fold.bytes}, left, into);
}

// The axes of x sorted by decreasing stride, and the order of the axes that are kept. False if x must be packed first.
bool sorted_axes(const Tensor& x, std::uint32_t mask, AxisList& axes, std::array<int, kMaxRank>& order) {
  const Shape& shape = x.shape();
  const Strides strides = x.strides();
  const auto step = [&](int axis) { return strides[static_cast<std::size_t>(axis)]; };
  std::array<int, kMaxRank> sorted{};
  int rank = 0, kept = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] > 1 && step(axis) == 0) return false;
    int at = rank++;
    for (; at > 0 && step(sorted[static_cast<std::size_t>(at - 1)]) < step(axis); --at)
      sorted[static_cast<std::size_t>(at)] = sorted[static_cast<std::size_t>(at - 1)];
    sorted[static_cast<std::size_t>(at)] = axis;
  }
  for (int i = 0; i < rank; ++i) {
    const int axis = sorted[static_cast<std::size_t>(i)];
    const bool is_reduced = (mask >> axis & 1) != 0;
    axes.push({shape[axis], step(axis), is_reduced});
    if (!is_reduced) order[static_cast<std::size_t>(kept++)] = axis;
  }
  const int last = axes.rank - 1;
  if (last < 0) return true;
  if (axes[last].stride != 1) return false;
  return axes[last].is_reduced || last == 0 || axes[last - 1].is_reduced;
}

// Folds x over the axes in `mask` into one accumulator for each element of the reduced shape.
void accumulate(const Fold& fold, const Tensor& x, std::uint32_t mask, std::byte* into) {
  const Source source = {x.body().data, static_cast<std::int64_t>(size_of(x.dtype()))};
  const int rank = x.rank();
  AxisList axes;
  if (x.is_contiguous()) {
    const Shape& shape = x.shape();
    std::int64_t stride = x.size();
    for (int axis = 0; axis < rank; ++axis) {
      stride /= shape[axis];
      axes.push({shape[axis], stride, (mask >> axis & 1) != 0});
    }
    return fold_axes(fold, source, axes, into);
  }
  std::array<int, kMaxRank> order{};
  if (!fold.any_order || !sorted_axes(x, mask, axes, order)) return accumulate(fold, packed(x), mask, into);
  const int kept = rank - std::popcount(mask);
  if (std::is_sorted(order.begin(), order.begin() + kept)) return fold_axes(fold, source, axes, into);
  // Fold in memory order, then permute.
  Shape sizes;
  for (int i = 0; i < kept; ++i) sizes.push_back(x.shape()[order[static_cast<std::size_t>(i)]]);
  const Tensor folded = room_for(sizes.size(), fold);
  fold_axes(fold, source, axes, folded.body().data);
  const Strides steps = row_major(sizes);
  const Shape shape = reduced_shape(x.shape(), mask, false);
  std::array<std::int64_t, kMaxRank> index{};
  for (std::int64_t i = 0, count = shape.size(); i < count; ++i) {
    std::int64_t left = i, from = 0;
    for (int axis = kept - 1; axis >= 0; --axis) {
      index[static_cast<std::size_t>(axis)] = left % shape[axis];
      left /= shape[axis];
    }
    int own[kMaxRank], next = 0;  // position among the kept axes
    for (int axis = 0; axis < rank; ++axis)
      if (!(mask >> axis & 1)) own[axis] = next++;
    for (int k = 0; k < kept; ++k)
      from +=
          index[static_cast<std::size_t>(own[order[static_cast<std::size_t>(k)]])] * steps[static_cast<std::size_t>(k)];
    std::memcpy(into + i * fold.bytes, folded.body().data + from * fold.bytes, static_cast<std::size_t>(fold.bytes));
  }
}

}  // namespace

Shape reduced_shape(const Shape& shape, std::uint32_t mask, bool keepdims) {
  Shape out;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool reduced = mask >> axis & 1;
    if (!reduced) out.push_back(shape[axis]);
    if (reduced && keepdims) out.push_back(1);
  }
  return out;
}

Tensor reduce(const char* op, const ByDtype<Fold>& folds, const Tensor& x, std::uint32_t mask, bool keepdims) {
  return reduce(op, folds, x, mask, keepdims, x.dtype());
}

Tensor reduce(const char* op, const ByDtype<Fold>& folds, const Tensor& x, std::uint32_t mask, bool keepdims,
              Dtype out_dtype, double n, double epsilon) {
  const Fold& fold = kernel_for(op, folds, x.dtype());
  Tensor out = Tensor::empty(reduced_shape(x.shape(), mask, keepdims), out_dtype);
  const std::int64_t count = out.size();
  if (count == 0) return out;
  constexpr std::int64_t kFewBytes = 256;
  alignas(64) std::byte few[kFewBytes];
  Tensor room;
  std::byte* into = out.body().data;
  if (fold.finish) {
    if (count * fold.bytes > kFewBytes) room = room_for(count, fold);
    into = room.defined() ? room.body().data : few;
  }
  if (x.size() == 0 ||
      (count == 1 && x.is_contiguous() && x.size() * static_cast<std::int64_t>(size_of(x.dtype())) <= kTileBytes))
    fold.rows(x.body().data, 0, count, x.size(), into);
  else
    accumulate(fold, x, mask, into);
  if (fold.finish) fold.finish(into, count, n, epsilon, out.body().data);
  return out;
}

Tensor dot(const Tensor& a, const Tensor& b) {
  const auto kernel = kernel_for("dot", moment_kernels().dot, a.dtype());
  const Tensor left = packed(a), right = packed(b);
  const std::int64_t n = a.size(), width = static_cast<std::int64_t>(size_of(a.dtype())), tile = kTileBytes / width;
  double sum = 0;
  if (n <= tile) {
    sum = kernel(left.body().data, right.body().data, n);
  } else {
    const std::int64_t tiles = (n + tile - 1) / tile;
    const Tensor room = Tensor::empty({tiles}, float64);
    double* parts = values<double>(room);
    parallel_for(tiles, 2 * static_cast<double>(tile), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t at = begin; at < end; ++at)
        parts[at] = kernel(left.body().data + at * tile * width, right.body().data + at * tile * width,
                           std::min(tile, n - at * tile));
    });
    Total<double> total;
    for (std::int64_t at = 0; at < tiles; ++at) total.add(parts[at]);
    sum = total.value();
  }
  Tensor y = Tensor::empty({}, a.dtype());
  dispatch<float, double>(a.dtype(), [&]<class T>() { *values<T>(y) = static_cast<T>(sum); });
  return y;
}

}  // namespace retrograd::detail
