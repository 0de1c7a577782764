#include "flatten.h"

#include "../../ops/shape/shaping.h"

namespace retrograd::nn {

Tensor Flatten::operator()(const Tensor& x) const { return flatten(x, start_dim); }

}  // namespace retrograd::nn
