#include "pooling.h"

#include "../../ops/image/pooling.h"

namespace retrograd::nn {

Tensor MaxPool2d::operator()(const Tensor& x) const { return max_pool2d(x, size, options); }
Tensor AvgPool2d::operator()(const Tensor& x) const { return avg_pool2d(x, size, options); }
Tensor AdaptiveAvgPool2d::operator()(const Tensor& x) const { return adaptive_avg_pool2d(x, size); }

}  // namespace retrograd::nn
