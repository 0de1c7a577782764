#include "transformer.h"

#include <cmath>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/linear.h"
#include "../../ops/network/linear.h"
#include "../base/check.h"
#include "../base/within.h"

namespace retrograd::nn {

namespace {

Tensor attended(const TransformerEncoderLayer& layer, const Tensor& x, const Tensor& mask) {
  return retrograd::detail::dropped(layer.dropout, within("self_attn", layer.self_attn, x, mask));
}

Tensor fed_forward(const TransformerEncoderLayer& layer, const Tensor& x) {
  const Tensor wide = within("linear1", detail::activated, layer.linear1, layer.activation, x);
  using retrograd::detail::dropped;
  return dropped(layer.dropout, within("linear2", layer.linear2, dropped(layer.dropout, wide)));
}

}  // namespace

TransformerEncoderLayer::TransformerEncoderLayer(std::int64_t embed, std::int64_t heads, Rng& rng,
                                                 const TransformerOptions& options, Dtype dtype)
    : self_attn(embed, heads, rng, options.dropout, dtype),
      linear1(embed, options.feedforward, rng, FanInUniform{}, dtype),
      linear2(options.feedforward, embed, rng, FanInUniform{}, dtype),
      norm1({embed}, {.epsilon = options.epsilon}, dtype),
      norm2({embed}, {.epsilon = options.epsilon}, dtype),
      activation(options.activation),
      norm_first(options.norm_first),
      dropout(options.dropout) {}

Tensor TransformerEncoderLayer::operator()(const Tensor& x, const Tensor& mask) const {
  detail::check_argument("TransformerEncoderLayer", "x", x, linear1.weight, {"N", "T", linear1.weight.shape()[1]});
  if (norm_first) {
    const Tensor y = x + attended(*this, within("norm1", norm1, x), mask);
    return y + fed_forward(*this, within("norm2", norm2, y));
  }
  const Tensor y = within("norm1", norm1, x + attended(*this, x, mask));
  return within("norm2", norm2, y + fed_forward(*this, y));
}

Tensor positional_encoding(std::int64_t steps, std::int64_t embed, Dtype dtype) {
  if (steps < 0 || embed < 1)
    detail::fail<ShapeError>(
        "positional_encoding: expects a nonnegative number of steps and a positive embed, got {} and {}", steps, embed);
  if (!is_floating(dtype))
    detail::fail<DtypeError>("positional_encoding: the dtype must be float32 or float64, got {}", name(dtype));
  const Shape shape{steps, embed};  // throws where the size overflows
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(shape.size()));
  for (std::int64_t t = 0; t < steps; ++t)
    for (std::int64_t k = 0; k < embed; ++k) {
      const double angle =
          static_cast<double>(t) / std::pow(10000, static_cast<double>(k - k % 2) / static_cast<double>(embed));
      values.push_back(k % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  return tensor(values, shape, dtype);
}

}  // namespace retrograd::nn
