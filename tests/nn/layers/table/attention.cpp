#include "../layer_table.h"

namespace retrograd::tests {

namespace {

std::vector<StateEntry> attention_state(const std::string& prefix) {
  return {{prefix + "in_proj_weight", {12, 4}},
          {prefix + "in_proj_bias", {12}},
          {prefix + "out_proj.weight", {4, 4}},
          {prefix + "out_proj.bias", {4}}};
}
constexpr std::int64_t kAttention = 12 * 4 + 12 + 4 * 4 + 4, kEncoder = kAttention + (3 * 4 + 3) + (4 * 3 + 4) + 4 * 4;

nn::MultiHeadAttention made(Rng& rng, Dtype dtype) { return {4, 2, rng, 0, dtype}; }

template <class Call>
LayerRefusal refusal(Call call, const std::string& message) {
  return {[call] {
            Rng rng(1);
            call(made(rng, float32));
          },
          message};
}

LayerRow attention_row() {
  using Layer = nn::MultiHeadAttention;
  return {"MultiHeadAttention",
          made,
          {{{{2, 3, 4}}, {2, 3, 4}}, {{{1, 1, 4}}, {1, 1, 4}}, {{{0, 3, 4}}, {0, 3, 4}}, {{{2, 0, 4}}, {2, 0, 4}}},
          attention_state(""),
          kAttention,
          fmt::format("{} parameters, {} B", kAttention, kAttention * 4),
          {{[] {
              Rng rng(1);
              Layer{4, 3, rng};
            },
            "MultiHeadAttention: heads must divide embed, got embed 4, heads 3"},
           {[] {
              Rng rng(1);
              Layer{4, 0, rng};
            },
            "MultiHeadAttention: heads must divide embed, got embed 4, heads 0"},
           {[] {
              Rng rng(1);
              Layer{4, 2, rng, -1};
            },
            "Dropout: p must be between 0 and 1, got -1"},
           refusal(
               [](const Layer& layer) {
                 layer(ones({3, 4}));
               },
               "MultiHeadAttention: x must be (N, T, 4), got (3, 4)"),
           refusal(
               [](const Layer& layer) {
                 layer(ones({2, 3, 4}, float64));
               },
               "MultiHeadAttention: x must be float32 like the parameters, got float64; convert with astype"),
           refusal(
               [](const Layer& layer) {
                 layer(ones({2, 3, 4}), ones({3, 4}, boolean));
               },
               "scaled_dot_product_attention: the mask (3, 4) does not broadcast to the scores (2, 2, 3, 3)"),
           refusal(
               [](const Layer& layer) {
                 layer(ones({2, 3, 4}), ones({2, 5, 3}), ones({2, 5, 4}));
               },
               "MultiHeadAttention: key must be (2, S, 4), got (2, 5, 3)"),
           refusal(
               [](const Layer& layer) {
                 layer(ones({2, 3, 4}), ones({2, 5, 4}), ones({2, 6, 4}));
               },
               "MultiHeadAttention: value must be (2, 5, 4), got (2, 6, 4)")}};
}

// Called with query, key, value and, of samples with four inputs, a mask.
LayerRow cross_attention_row() {
  const auto draw_masked = [](Rng& rng, Dtype dtype) {
    return Tensors{normal({2, 3, 4}, 0, 1, rng, dtype), normal({2, 5, 4}, 0, 1, rng, dtype),
                   normal({2, 5, 4}, 0, 1, rng, dtype), nn::padding_mask(tensor({5, 2}), 5)};
  };
  return {"MultiHeadAttention(of three)",
          [](Rng& rng, Dtype dtype) {
            return AnyLayer(made(rng, dtype), [](const nn::MultiHeadAttention& layer, const Tensors& x) {
              return layer(x[0], x[1], x[2], x.size() > 3 ? x[3] : Tensor());
            });
          },
          {{{{2, 3, 4}, {2, 5, 4}, {2, 5, 4}}, {2, 3, 4}},
           {{{1, 3, 4}, {1, 2, 4}, {1, 2, 4}, {3, 2}}, {1, 3, 4}},
           {{}, {2, 3, 4}, draw_masked}},
          attention_state(""),
          kAttention,
          fmt::format("{} parameters, {} B", kAttention, kAttention * 4)};
}

LayerRow encoder_row(const char* name, const nn::TransformerOptions& options, std::vector<LayerRefusal> refusals = {}) {
  std::vector<StateEntry> state = attention_state("self_attn.");
  for (const StateEntry& entry : std::vector<StateEntry>{{"linear1.weight", {3, 4}},
                                                         {"linear1.bias", {3}},
                                                         {"linear2.weight", {4, 3}},
                                                         {"linear2.bias", {4}},
                                                         {"norm1.weight", {4}},
                                                         {"norm1.bias", {4}},
                                                         {"norm2.weight", {4}},
                                                         {"norm2.bias", {4}}})
    state.push_back(entry);
  return {name,
          [options](Rng& rng, Dtype dtype) {
            return nn::TransformerEncoderLayer{4, 2, rng, options, dtype};
          },
          {{{{2, 3, 4}}, {2, 3, 4}}, {{{1, 1, 4}}, {1, 1, 4}}, {{{0, 3, 4}}, {0, 3, 4}}},
          state,
          kEncoder,
          fmt::format("{} parameters, {} B", kEncoder, kEncoder * 4),
          std::move(refusals)};
}

}  // namespace

std::vector<LayerRow> attention_layer_rows() {
  return {
      attention_row(),
      cross_attention_row(),
      encoder_row("TransformerEncoderLayer", {.feedforward = 3},
                  {{[] {
                      Rng rng(1);
                      nn::TransformerEncoderLayer{4, 2, rng}(ones({2, 3, 5}));
                    },
                    "TransformerEncoderLayer: x must be (N, T, 4), got (2, 3, 5)"},
                   {[] {
                      Rng rng(1);
                      nn::TransformerEncoderLayer{4, 2, rng}(ones({2, 3, 4}), ones({2, 2}, boolean));
                    },
                    "layer \"self_attn\": scaled_dot_product_attention: the mask (2, 2) does not broadcast to the "
                    "scores (2, 2, 3, 3)"},
                   {[] {
                      Rng rng(1);
                      nn::TransformerEncoderLayer{4, 3, rng};
                    },
                    "MultiHeadAttention: heads must divide embed, got embed 4, heads 3"},
                   {[] {
                      Rng rng(1);
                      nn::TransformerEncoderLayer{4, 2, rng, {.feedforward = 0}};
                    },
                    "Linear: sizes must be positive, got 4 in, 0 out"}}),
      encoder_row("TransformerEncoderLayer(norm first, gelu)",
                  {.feedforward = 3, .activation = nn::Activation::gelu, .norm_first = true}),
  };
}

}  // namespace retrograd::tests
