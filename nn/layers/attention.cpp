#include "attention.h"

#include <cmath>
#include <limits>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/linear.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../../ops/elementwise/arithmetic.h"
#include "../../ops/elementwise/comparison.h"
#include "../../ops/elementwise/logic.h"
#include "../../ops/linalg/matmul.h"
#include "../../ops/network/linear.h"
#include "../../ops/reduction/reductions.h"
#include "../../ops/reduction/softmax.h"
#include "../../ops/shape/shaping.h"
#include "../../ops/shape/views.h"
#include "../base/check.h"

namespace retrograd::nn {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Requires at least two axes each.
void check_shapes(const Tensor& query, const Tensor& key, const Tensor& value) {
  const char* const op = "scaled_dot_product_attention";
  detail::check_dtypes(op, {{"query", query}, {"key", key}, {"value", value}});
  for (const Tensor* x : {&query, &key, &value})
    if (x->rank() < 2)
      detail::fail<ShapeError>("{}: expects query (…, L, d), key (…, S, d) and value (…, S, e), got {}, {} and {}", op,
                               query.shape(), key.shape(), value.shape());
  if (query.size(-1) != key.size(-1) || key.size(-2) != value.size(-2))
    detail::fail<ShapeError>("{}: sizes differ: query (…, L, d) {}, key (…, S, d) {} and value (…, S, e) {}", op,
                             query.shape(), key.shape(), value.shape());
}

void check_mask(const Tensor& mask, const Tensor& scores) {
  const char* const op = "scaled_dot_product_attention";
  if (mask.dtype() != boolean && mask.dtype() != scores.dtype())
    detail::fail<DtypeError>("{}: the mask must be boolean or {}, got {}", op, scores.dtype(), mask.dtype());
  if (!detail::broadcasts_to(mask.shape(), scores.shape()))
    detail::fail<ShapeError>("{}: the mask {} does not broadcast to the scores {}", op, mask.shape(), scores.shape());
}

// Which queries may attend to any key: (…, L, 1), or fewer axes where the mask has fewer.
Tensor sighted(const Tensor& mask) { return any(mask.dtype() == boolean ? mask : mask != -kInfinity, -1, true); }

// The projections of x (N, T, embed) by the rows of weight and bias, embed rows each: (projections, N, heads, T,
// embed/heads).
Tensor projected(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t heads) {
  const std::int64_t embed = x.shape()[2];
  const Shape apart{x.shape()[0], x.shape()[1], weight.shape()[0] / embed, heads, embed / heads};
  return transpose(reshape(linear(x, weight, bias), apart), {2, 0, 3, 1, 4});
}

// Joins the outputs of the heads (N, heads, L, embed/heads) and applies the output projection.
Tensor joined(const MultiHeadAttention& layer, const Tensor& found) {
  const Shape& shape = found.shape();
  return layer.out_proj(reshape(transpose(found, {0, 2, 1, 3}), Shape{shape[0], shape[2], shape[1] * shape[3]}));
}

}  // namespace

Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& mask,
                                    const Dropout& dropout) {
  detail::check_floating("scaled_dot_product_attention", query);
  check_shapes(query, key, value);
  const double scale = 1 / std::sqrt(static_cast<double>(query.size(-1)));
  const Tensor scores = matmul(scaled(query, scale), swapaxes(key, -2, -1));
  if (!mask.defined()) return matmul(detail::dropped(dropout, softmax(scores, -1)), value);
  check_mask(mask, scores);
  // The softmax of an empty set is NaN. So a query that may attend to no key attends to all, and the result is
  // discarded with `where` rather than a product, so that no NaN passes in either direction.
  const Tensor fits = mask.rank() == 0 ? reshape(mask, Shape{1}) : mask, sees = sighted(fits);
  const Tensor masked_scores = mask.dtype() == boolean ? where(fits | ~sees, scores, -kInfinity)
                                                       : scores + where(sees, fits, zeros({}, mask.dtype()));
  return where(sees, matmul(detail::dropped(dropout, softmax(masked_scores, -1)), value), zeros({}, value.dtype()));
}

Tensor causal_mask(std::int64_t steps) {
  if (steps < 0) detail::fail<ShapeError>("causal_mask: the number of steps cannot be negative, got {}", steps);
  const Tensor step = arange(steps);
  return expand_dims(step, 1) >= step;
}

Tensor padding_mask(const Tensor& lengths, std::int64_t steps) {
  if (lengths.dtype() != int64)
    detail::fail<DtypeError>("padding_mask: lengths must be int64, got {}", lengths.dtype());
  if (lengths.rank() != 1) detail::fail<ShapeError>("padding_mask: lengths must be (N), got {}", lengths.shape());
  if (steps < 0) detail::fail<ShapeError>("padding_mask: the number of steps cannot be negative, got {}", steps);
  return arange(steps) < reshape(lengths, Shape{lengths.size(), 1, 1, 1});
}

namespace {

std::int64_t checked_embed(std::int64_t embed, std::int64_t heads) {
  if (embed < 1 || heads < 1 || embed % heads != 0)
    detail::fail<ShapeError>("MultiHeadAttention: heads must divide embed, got embed {}, heads {}", embed, heads);
  if (std::int64_t rows = 0; __builtin_mul_overflow(3, embed, &rows))
    detail::fail<ShapeError>("MultiHeadAttention: 3 times embed {} does not fit in 64 bits", embed);
  return embed;
}

Tensor fan_in_and_zeros(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) {
  return shape.rank() < 2 ? zeros(shape, dtype) : FanInUniform{}(shape, fan_in, rng, dtype);
}

}  // namespace

MultiHeadAttention::MultiHeadAttention(std::int64_t embed, std::int64_t parts, Rng& rng, double dropped, Dtype dtype)
    : in_proj_weight(uniform({3 * checked_embed(embed, parts), embed}, -std::sqrt(1.5 / static_cast<double>(embed)),
                             std::sqrt(1.5 / static_cast<double>(embed)), rng, dtype)),
      in_proj_bias(zeros({3 * embed}, dtype)),
      out_proj(embed, embed, rng, fan_in_and_zeros, dtype),
      heads(parts),
      dropout(dropped) {}

Tensor MultiHeadAttention::operator()(const Tensor& x, const Tensor& mask) const {
  detail::check_argument("MultiHeadAttention", "x", x, in_proj_weight, {"N", "T", in_proj_weight.shape()[1]});
  const Tensor parts = projected(x, in_proj_weight, in_proj_bias, heads);
  return joined(*this,
                scaled_dot_product_attention(unstack(parts, 0), unstack(parts, 1), unstack(parts, 2), mask, dropout));
}

Tensor MultiHeadAttention::operator()(const Tensor& query, const Tensor& key, const Tensor& value,
                                      const Tensor& mask) const {
  const char* const own = "MultiHeadAttention";
  const std::int64_t embed = in_proj_weight.shape()[1];
  detail::check_argument(own, "query", query, in_proj_weight, {"N", "L", embed});
  detail::check_argument(own, "key", key, in_proj_weight, {query.shape()[0], "S", embed});
  detail::check_argument(own, "value", value, in_proj_weight, {query.shape()[0], key.shape()[1], embed});
  const auto part = [&](const Tensor& x, std::int64_t number) {
    const Range rows = range(number * embed, (number + 1) * embed);
    return unstack(projected(x, in_proj_weight[rows], in_proj_bias[rows], heads), 0);
  };
  return joined(*this, scaled_dot_product_attention(part(query, 0), part(key, 1), part(value, 2), mask, dropout));
}

}  // namespace retrograd::nn
