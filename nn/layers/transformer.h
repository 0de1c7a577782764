// The encoder layer of a transformer (A. Vaswani et al. 2017, section 3.1), with PyTorch's parameters, and the encoding
// that tells steps apart. Batch first. Layers are stacked by calling one after another; what a mask means is
// attention.h's.
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

/// Sizes and choices of a TransformerEncoderLayer; the defaults are PyTorch's.
struct TransformerOptions {
  std::int64_t feedforward = 2048;  ///< the width between linear1 and linear2
  double dropout = 0.1;             ///< the share dropped in training: of attention weights and behind each part
  Activation activation = Activation::relu;  ///< behind linear1
  bool norm_first = false;                   ///< normalize what goes into a part, not the sum that comes out
  double epsilon = 1e-5;                     ///< of norm1 and norm2
};

/// Self-attention and two linear layers, each added to what goes into it: with P = linear2∘activation∘linear1,
/// y = norm1(x + self_attn(x)), norm2(y + P(y)), or, with norm_first, y = x + self_attn(norm1(x)), y + P(norm2(y)).
struct TransformerEncoderLayer {
  MultiHeadAttention self_attn;  ///< by which steps look at each other
  Linear linear1;                ///< (embed) → (feedforward), for each step alone
  Linear linear2;                ///< (feedforward) → (embed), likewise
  LayerNorm norm1;               ///< over the embed numbers of a step
  LayerNorm norm2;               ///< likewise
  Activation activation;         ///< between linear1 and linear2
  bool norm_first;               ///< true where the norms stand before the parts
  Dropout dropout;               ///< behind self_attn, the activation and linear2

  /// The parts are drawn in the order of their fields, each as it starts alone. ShapeError and Error as theirs.
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

/// What is added to steps so that attention can tell where they stand: (steps, embed) with y[t, 2i] = sin(t/10000^(2i/
/// embed)) and y[t, 2i+1] = cos of the same (A. Vaswani et al. 2017, section 3.5). ShapeError unless steps is 0 or more
/// and embed positive.
Tensor positional_encoding(std::int64_t steps, std::int64_t embed, Dtype dtype = default_dtype());

}  // namespace retrograd::nn
