#include "dropout.h"

#include "../core/creation.h"
#include "../core/error.h"
#include "../core/format.h"
#include "../ops/arithmetic.h"
#include "training.h"

namespace retrograd::nn {

Dropout::Dropout(double share) : p(share) {
  if (!(p >= 0 && p <= 1)) fail("Dropout: p must lie between 0 and 1, got {}", p);
}

Tensor Dropout::operator()(const Tensor& x) const {
  Rng* rng = training();
  if (!rng || p == 0) return x;
  detail::check_floating("Dropout", x);
  if (p == 1) return x * 0;
  return x * (bernoulli(x.shape(), 1 - p, *rng, x.dtype()) * (1 / (1 - p)));
}

}  // namespace retrograd::nn
