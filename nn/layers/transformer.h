// The encoder layer of a transformer (A. Vaswani et al. 2017, section 3.1), with PyTorch's parameters, and the
// positional encoding. Batch first. To stack layers, call one after another; for masks see attention.h.
#pragma once
#include <cstdint>

#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "attention.h"
#include "dropout.h"
#include "linear.h"
#include "mlp.h"
#include "normalization.h"

namespace retrograd::nn {

/// The options of a TransformerEncoderLayer; the defaults are PyTorch's.
struct TransformerOptions {
  std::int64_t feedforward = 2048;  ///< the width between linear1 and linear2
  double dropout = 0.1;  ///< the probability of dropout in training: on the attention weights and after each part
  Activation activation = Activation::relu;  ///< after linear1
  bool norm_first = false;  ///< whether to normalize the input of each part rather than the sum after it
  double epsilon = 1e-5;    ///< of norm1 and norm2
};

/// Self-attention and two linear layers, each with a residual connection: with P = linear2∘activation∘linear1,
/// y = norm1(x + self_attn(x)), norm2(y + P(y)), or, with norm_first, y = x + self_attn(norm1(x)), y + P(norm2(y)).
struct TransformerEncoderLayer {
  MultiHeadAttention self_attn;  ///< mixes the steps
  Linear linear1;                ///< (embed) → (feedforward), for each step
  Linear linear2;                ///< (feedforward) → (embed), likewise
  LayerNorm norm1;               ///< over the embed features of a step
  LayerNorm norm2;               ///< likewise
  Activation activation;         ///< between linear1 and linear2
  bool norm_first;               ///< true where the norms precede the parts
  Dropout dropout;               ///< after self_attn, the activation and linear2

  /// The parts are drawn in the order of the fields, each as it would be on its own, with the same errors.
  TransformerEncoderLayer(std::int64_t embed, std::int64_t heads, Rng& rng, const TransformerOptions& options = {},
                          Dtype dtype = default_dtype());
  /// x (N, T, embed) → (N, T, embed); the mask broadcasts to (N, heads, T, T).
  Tensor operator()(const Tensor& x, const Tensor& mask = {}) const;
  /// The parameters by PyTorch's names.
  static void fields(auto& self, auto&& visit) {
    visit("self_attn", self.self_attn);
    visit("linear1", self.linear1);
    visit("linear2", self.linear2);
    visit("norm1", self.norm1);
    visit("norm2", self.norm2);
  }
};

/// The encoding of positions, to be added to the embedded steps: (steps, embed) with y[t, 2i] = sin(t/10000^(2i/embed))
/// and y[t, 2i+1] = cos(t/10000^(2i/embed)) (A. Vaswani et al. 2017, section 3.5). ShapeError unless steps is
/// nonnegative and embed positive.
Tensor positional_encoding(std::int64_t steps, std::int64_t embed, Dtype dtype = default_dtype());

}  // namespace retrograd::nn
