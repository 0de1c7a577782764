#include "residual.h"

#include "../../core/base/error.h"
#include "../../core/tape/linear.h"
#include "../../core/tensor/format.h"

namespace retrograd {

Tensor detail::residual_sum(const Tensor& x, const Tensor& y) {
  if (!(x.shape() == y.shape()))
    detail::fail<ShapeError>("Residual: the layer's output {} and input {} differ in shape", y.shape(), x.shape());
  return x + y;
}

}  // namespace retrograd
