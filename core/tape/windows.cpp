#include "windows.h"

#include <algorithm>
#include <string>

#include "../base/error.h"
#include "../compute/creation.h"
#include "../kernels/copy.h"
#include "../tensor/format.h"
#include "../tensor/walk.h"

namespace retrograd::detail {

namespace {

// The window at this place in x, which is packed where it is not row-major.
Tensor window_at(const Tensor& x, const Shape& shape, const Layout& at) {
  Tensor y = make_view(packed(x), shape, at.strides, at.offset);
  return record("window", std::move(y), wrt(x, Place{x.shape(), at}));
}

template <class T>
bool add_to(const Tensor& view, const Tensor& x) {
  for_each_run<2>(x.shape(), {&view, &x},
                  [](std::array<const void*, 2> at, std::array<std::int64_t, 2> step, std::int64_t n) {
                    T* into = static_cast<T*>(const_cast<void*>(at[0]));
                    const T* from = static_cast<const T*>(at[1]);
                    if (step[0] == 1 && step[1] == 1)
                      for (std::int64_t i = 0; i < n; ++i) into[i] += from[i];
                    else
                      for (std::int64_t i = 0; i < n; ++i) into[i * step[0]] += from[i * step[1]];
                  });
  return true;
}

}  // namespace

void write_view(const Tensor& view, const Tensor& x) {
  const std::size_t width = size_of(x.dtype());
  for_each_run<2>(x.shape(), {&view, &x},
                  [width](std::array<const void*, 2> at, std::array<std::int64_t, 2> step, std::int64_t n) {
                    copy_run(at[1], step[1], const_cast<void*>(at[0]), step[0], n, width);
                  });
}

Tensor place(const char* op, const Tensor& x, const Shape& shape, const Layout& at, Scalar fill) {
  Tensor y = filled(op, shape, fill, x.dtype());
  write_view(make_view(y, x.shape(), at.strides, at.offset), x);
  return record(op, std::move(y),
                wrt(x, [window = x.shape(), at](const Tensor& g) { return window_at(g, window, at); }));
}

Tensor Place::operator()(const Tensor& g) const { return place("place", g, shape, at); }

bool Place::accumulate(const Tensor& g, Tensor& into) const {
  if (!(into.shape() == shape)) return false;
  const Tensor view = make_view(into, g.shape(), at.strides, at.offset);
  return g.dtype() == float32 ? add_to<float>(view, g) : add_to<double>(view, g);
}

}  // namespace retrograd::detail

namespace retrograd {

Tensor Tensor::at(std::span<const Index> indices) const {
  const Tensor& x = *this;
  if (static_cast<std::int64_t>(indices.size()) > x.rank())
    fail<ShapeError>("index: {} indices given for a tensor of shape {}", indices.size(), x.shape());
  Shape shape;
  std::array<Range, kMaxRank> ranges;
  std::uint32_t kept = 0;  // the axes that stay
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    const std::int64_t size = x.shape()[axis];
    const Index index = a < indices.size() ? indices[a] : Index(range());
    const auto from_end = [size](std::int64_t place) { return place < 0 ? place + size : place; };
    Range& own = ranges[a] = index.range();
    own.begin = from_end(own.begin);
    if (!index.is_range()) {
      if (own.begin < 0 || own.begin >= size)
        fail<ShapeError>("index: {} is out of range for axis {} of {}", index.place(), axis, x.shape());
      continue;
    }
    own.end = own.end == Range::kToEnd ? size : from_end(own.end);
    if (own.begin < 0 || own.begin > own.end || own.end > size)
      fail<ShapeError>("index: [{}, {}) is not a range within axis {} of {}", index.range().begin,
                       index.range().end == Range::kToEnd ? "the end" : std::to_string(index.range().end), axis,
                       x.shape());
    if (own.step < 1) fail<ShapeError>("index: the step of a range must be at least 1, got {}", own.step);
    kept |= 1u << axis;
    shape.push_back(detail::places_in(own.begin, own.end, own.step));
  }
  return detail::window("index", x, shape, [&](const Strides& steps) {
    detail::Layout layout;
    int out = 0;
    for (std::size_t a = 0; a < static_cast<std::size_t>(x.rank()); ++a) {
      layout.offset += ranges[a].begin * steps[a];
      if (!(kept >> a & 1)) continue;
      layout.strides[static_cast<std::size_t>(out)] = shape[out] > 1 ? steps[a] * ranges[a].step : steps[a];
      ++out;
    }
    if (shape.size() == 0) layout.offset = 0;
    return layout;
  });
}

Tensor Tensor::operator[](const Index& index) const { return at({&index, 1}); }

}  // namespace retrograd
