#include "convert.h"

#include "../../core/base/error.h"
#include "../../core/compute/convert.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"

namespace retrograd {

Tensor astype(const Tensor& x, Dtype dtype) {
  if (x.dtype() == dtype) return detail::copied(x);
  Tensor y = detail::convert("astype", x, dtype);
  if (!is_floating(dtype) || !is_floating(x.dtype())) return y;
  return record("astype", std::move(y), wrt(x, [back = x.dtype()](const Tensor& g) { return astype(g, back); }));
}

Tensor one_hot(const Tensor& indices, std::int64_t classes, Dtype dtype) {
  if (indices.dtype() != int64) detail::fail<DtypeError>("one_hot: indices must be int64, got {}", indices.dtype());
  if (classes < 1) detail::fail<ShapeError>("one_hot: needs at least one class, got {}", classes);
  return detail::one_hot("one_hot", indices, classes, dtype);
}

Tensor detail::as_number(const Tensor& x) { return x.dtype() == boolean || x.dtype() == uint8 ? astype(x, int64) : x; }

}  // namespace retrograd
