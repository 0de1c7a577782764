#include "activation_layers.h"

#include "../../ops/elementwise/rectifiers.h"
#include "../../ops/reduction/softmax.h"

namespace retrograd::nn {

Tensor LeakyRelu::operator()(const Tensor& x) const { return leaky_relu(x, slope); }
Tensor Elu::operator()(const Tensor& x) const { return elu(x, alpha); }
Tensor Gelu::operator()(const Tensor& x) const { return gelu(x, approximate); }
Tensor Softmax::operator()(const Tensor& x) const { return softmax(x, axis); }
Tensor LogSoftmax::operator()(const Tensor& x) const { return log_softmax(x, axis); }

}  // namespace retrograd::nn
