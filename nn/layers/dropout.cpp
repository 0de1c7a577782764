#include "dropout.h"

#include "../../core/base/error.h"
#include "../../core/base/random.h"
#include "../../core/compute/creation.h"
#include "../../core/tensor/format.h"
#include "../../ops/elementwise/arithmetic.h"
#include "../../ops/elementwise/comparison.h"
#include "../base/training.h"

namespace retrograd::nn {

Dropout::Dropout(double share) : p(share) {
  if (!(p >= 0 && p <= 1)) detail::fail("Dropout: p must be between 0 and 1, got {}", p);
}

Tensor Dropout::operator()(const Tensor& x) const {
  const Tensor y = retrograd::detail::dropped(*this, x);
  return y.body_or_null() == x.body_or_null() ? retrograd::detail::copied(x) : y;
}

}  // namespace retrograd::nn

namespace retrograd {

Tensor detail::dropped(const nn::Dropout& layer, const Tensor& x) {
  check_floating("Dropout", x);
  Rng* rng = nn::training();
  if (!rng || layer.p == 0) return x;
  if (layer.p == 1) return where(zeros(x.shape(), boolean), x, 0);
  // Selected, not multiplied: a dropped value may be infinite.
  return where(mask_without(layer.p, x.shape(), *rng), scaled(x, 1 / (1 - layer.p)), 0);
}

}  // namespace retrograd
