// Attention: each query takes a mean of the values, weighted by how well their keys match it. Batch first. A mask
// broadcasts to the scores (…, L, S) of L queries and S keys. A boolean mask is true where a query may attend to a key;
// a mask of the scores' dtype is added to them. (PyTorch's scaled_dot_product_attention reads booleans in the same way;
// its MultiheadAttention inverts them.) For a query that may attend to no key, output and gradients are 0, as in newer
// versions of PyTorch.
#pragma once
#include <cstdint>

#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "dropout.h"
#include "linear.h"

namespace retrograd::nn {

/// softmax(query·keyᵀ/√d + mask)·value (A. Vaswani et al. 2017, eq. 1): query (…, L, d), key (…, S, d), value (…, S, e)
/// → (…, L, e); float32 and float64. Dropout is applied to the softmax. ShapeError or DtypeError where shapes or dtypes
/// do not match.
Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                                    const Tensor& mask = {}, const Dropout& dropout = Dropout{0});

/// The mask (steps, steps) that lets each step attend to itself and earlier steps.
Tensor causal_mask(std::int64_t steps);
/// The mask (N, 1, 1, steps) that hides the steps past the end of each sequence, from the lengths (N) of the sequences,
/// int64. ShapeError where the lengths are not a vector, DtypeError where they are not int64.
Tensor padding_mask(const Tensor& lengths, std::int64_t steps);

/// Multi-head attention, each head on its own projection to embed/heads features (A. Vaswani et al. 2017, section
/// 3.2.2), with PyTorch's parameters.
struct MultiHeadAttention {
  Tensor in_proj_weight;  ///< (3·embed, embed): the projections of query, key and value, stacked
  Tensor in_proj_bias;    ///< (3·embed), likewise
  Linear out_proj;        ///< projects the concatenated outputs of the heads: (embed) → (embed)
  std::int64_t heads;     ///< the number of heads
  Dropout dropout;        ///< applied to the attention weights

  /// Initialized as in PyTorch: in_proj_weight uniform in ±√(6/(4·embed)) (X. Glorot, Y. Bengio 2010), out_proj.weight
  /// uniform in ±1/√embed, biases zero. ShapeError unless embed and heads are positive and heads divides embed; Error
  /// unless dropout is between 0 and 1.
  MultiHeadAttention(std::int64_t embed, std::int64_t heads, Rng& rng, double dropout = 0,
                     Dtype dtype = default_dtype());
  /// Self-attention: x (N, T, embed) → (N, T, embed). The mask broadcasts to (N, heads, T, T).
  Tensor operator()(const Tensor& x, const Tensor& mask = {}) const;
  /// query (N, L, embed), key and value (N, S, embed) → (N, L, embed). The mask broadcasts to (N, heads, L, S).
  Tensor operator()(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& mask = {}) const;
  /// The parameters by PyTorch's names.
  static void fields(auto& self, auto&& visit) {
    visit("in_proj_weight", self.in_proj_weight);
    visit("in_proj_bias", self.in_proj_bias);
    visit("out_proj", self.out_proj);
  }
};

}  // namespace retrograd::nn
