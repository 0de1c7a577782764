#include "linear.h"

#include "../../core/base/error.h"
#include "../../ops/network/linear.h"

namespace retrograd::nn {

Linear::Linear(std::int64_t in, std::int64_t out, Rng& rng, const Initializer& initializer, Dtype dtype)
    : Linear(in, out, rng, LinearOptions{}, initializer, dtype) {}

Linear::Linear(std::int64_t in, std::int64_t out, Rng& rng, const LinearOptions& options,
               const Initializer& initializer, Dtype dtype) {
  if (in < 1 || out < 1) detail::fail<ShapeError>("Linear: sizes must be positive, got {} in, {} out", in, out);
  weight = initializer({out, in}, in, rng, dtype);
  if (options.bias) bias = initializer({out}, in, rng, dtype);
}

Tensor Linear::operator()(const Tensor& x) const {
  return bias.defined() ? linear(x, weight, bias) : linear(x, weight);
}

}  // namespace retrograd::nn
