#include "convert.h"

#include "../base/error.h"
#include "../kernels/convert.h"
#include "../tensor/format.h"
#include "creation.h"
#include "find.h"
#include "kernel_for.h"

namespace retrograd::detail {

Tensor convert(const char* op, const Tensor& x, Dtype dtype) {
  const Tensor from = packed(x);
  Tensor y = Tensor::empty(x.shape(), dtype);
  const auto run = convert_kernels().convert[static_cast<std::size_t>(x.dtype())][static_cast<std::size_t>(dtype)];
  const std::size_t from_width = size_of(x.dtype()), to_width = size_of(dtype);
  const std::int64_t n = x.size();
  const std::int64_t first = first_position(n, [&](std::int64_t begin, std::int64_t end) {
    return begin +
           run(advance(from.body().data, begin, from_width), advance(y.body().data, begin, to_width), end - begin);
  });
  if (first == n) return y;
  if (x.dtype() == int64) fail<DtypeError>("{}: {} cannot hold {}", op, dtype, from.data<std::int64_t>()[first]);
  dispatch<float, double>(x.dtype(), [&]<class T>() {
    fail<DtypeError>("{}: {} cannot hold {}", op, dtype, static_cast<double>(from.data<T>()[first]));
  });
  return y;
}

Tensor one_hot(const char* op, const Tensor& indices, std::int64_t classes, Dtype dtype) {
  const Tensor from = packed(indices);
  Shape shape = indices.shape();
  if (shape.rank() == kMaxRank) fail<ShapeError>("{}: {} already has the maximum of {} axes", op, shape, kMaxRank);
  shape.push_back(classes);
  Tensor y = filled(op, Shape(std::span(shape.begin(), shape.end()), op), 0, dtype);
  const auto run = convert_kernels().one_hot[static_cast<std::size_t>(dtype)];
  const std::int64_t at = run(from.body().data, y.body().data, indices.size(), classes);
  if (at < indices.size())
    fail<ShapeError>("{}: index {} at position {} is outside 0 … {}", op, from.data<std::int64_t>()[at], at,
                     classes - 1);
  return y;
}

}  // namespace retrograd::detail
