#include "embedding.h"

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "../../ops/elementwise/comparison.h"
#include "../../ops/elementwise/in_place.h"
#include "../../ops/elementwise/logic.h"
#include "../../ops/shape/indexing.h"
#include "../../ops/shape/shaping.h"

namespace retrograd::nn {

Embedding::Embedding(std::int64_t count, std::int64_t dim, Rng& rng, const EmbeddingOptions& options,
                     const Initializer& initializer, Dtype dtype)
    : padding_idx(options.padding_idx) {
  if (count < 1 || dim < 1)
    detail::fail<ShapeError>("Embedding: sizes must be positive, got count {} and dim {}", count, dim);
  if (padding_idx && (*padding_idx < 0 || *padding_idx >= count))
    detail::fail<ShapeError>("Embedding: padding_idx {} is outside 0 … {}", *padding_idx, count - 1);
  weight = initializer({count, dim}, dim, rng, dtype);
  if (!padding_idx) return;
  if (!weight.is_contiguous())
    weight = detail::copy_values(weight);  // an initializer may return a broadcast view, whose rows share memory
  fill(weight[*padding_idx], 0);
}

Tensor Embedding::operator()(const Tensor& indices) const {
  if (indices.dtype() != int64) detail::fail<DtypeError>("Embedding: indices must be int64, got {}", indices.dtype());
  const Tensor list = detail::packed(indices);
  const std::int64_t count = weight.shape()[0];
  const auto values = list.span<std::int64_t>();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] < 0 || values[i] >= count)
      detail::fail<ShapeError>("Embedding: index {} at position {} is outside 0 … {} for weight {}", values[i], i,
                               count - 1, detail::described(weight));
  const Tensor y = take(weight, list, 0);
  if (!padding_idx || !is_recorded(weight)) return y;
  return where(expand_dims(list == *padding_idx, -1), detach(y), y);
}

}  // namespace retrograd::nn
