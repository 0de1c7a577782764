// Attention: each query takes a mean of the values, weighted by how well their keys fit it. Batch first. A mask
// broadcasts to the scores (…, L, S) of L queries and S keys, and is of one of two kinds: a boolean one is true where a
// query may look at a key, and one of the scores' dtype is added to them. (PyTorch's scaled_dot_product_attention reads
// booleans so too; its MultiheadAttention the other way round.) Of a query that may look at no key the output is 0,
// and so are its gradients, as in PyTorch's newer versions.
#pragma once
#include <cstdint>

#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "dropout.h"
#include "linear.h"

namespace retrograd::nn {

/// softmax(query·keyᵀ/√d + mask)·value (A. Vaswani et al. 2017, eq. 1): query (…, L, d), key (…, S, d), value (…, S, e)
/// → (…, L, e); float32 and float64. The dropout is of the softmax. ShapeError where shapes do not fit, DtypeError
/// where dtypes do not.
Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                                    const Tensor& mask = {}, const Dropout& dropout = Dropout{0});

/// The mask (steps, steps) by which a step looks at itself and what came before it.
Tensor causal_mask(std::int64_t steps);
/// The mask (N, 1, 1, steps) by which nobody looks at what lies beyond the end of a sequence, from the lengths (N) of
/// the sequences, int64. ShapeError where the lengths are no vector, DtypeError where they are not int64.
Tensor padding_mask(const Tensor& lengths, std::int64_t steps);

/// Attention by several heads at once, each on its own projection to embed/heads numbers (A. Vaswani et al. 2017,
/// section 3.2.2), with PyTorch's parameters.
struct MultiHeadAttention {
  Tensor in_proj_weight;  ///< (3·embed, embed): the projections of query, key and value one below the other
  Tensor in_proj_bias;    ///< (3·embed), likewise
  Linear out_proj;        ///< what the heads found, side by side, to the output: (embed) → (embed)
  std::int64_t heads;     ///< into how many parts the projections fall
  Dropout dropout;        ///< of the attention weights

  /// As PyTorch's: in_proj_weight evenly from ±√(6/(4·embed)) (X. Glorot, Y. Bengio 2010), out_proj.weight evenly from
  /// ±1/√embed, biases zero. ShapeError unless embed and heads are positive and heads divide embed, Error unless
  /// dropout lies between 0 and 1.
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
