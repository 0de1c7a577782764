#include "../layer_table.h"

namespace retrograd::tests {

namespace {

// Indices of this shape, of 0 to 4.
LayerSample indices(const Shape& shape, Shape output) {
  return {{}, output, [shape](Rng& rng, Dtype) { return Tensors{randint(shape, 0, 5, rng)}; }};
}

}  // namespace

std::vector<LayerRow> embedding_layer_rows() {
  return {
      {"Embedding",
       [](Rng& rng, Dtype dtype) {
         return nn::Embedding{5, 3, rng, {}, nn::Normal{0, 1}, dtype};
       },
       {indices({2, 4}, {2, 4, 3}), indices({1}, {1, 3}), indices({}, {3}), indices({0, 2}, {0, 2, 3})},
       {{"weight", {5, 3}}},
       5 * 3,
       "15 parameters, 60 B",
       {{[] {
           Rng rng(1);
           nn::Embedding{0, 3, rng};
         },
         "Embedding: sizes must be positive, got count 0 and dim 3"},
        {[] {
           Rng rng(1);
           nn::Embedding{5, 3, rng, {.padding_idx = 5}};
         },
         "Embedding: padding_idx 5 is outside 0 … 4"},
        {[] {
           Rng rng(1);
           nn::Embedding{5, 3, rng}(tensor({1, 5}));
         },
         "Embedding: index 5 at position 1 is outside 0 … 4 for weight (5, 3)"},
        {[] {
           Rng rng(1);
           nn::Sequential{nn::Embedding{5, 3, rng}}(tensor({{0, 1}, {-1, 2}}));
         },
         "layer \"0\": Embedding: index -1 at position 2 is outside 0 … 4 for weight (5, 3)"},
        {[] {
           Rng rng(1);
           nn::Embedding{5, 3, rng}(ones({2}));
         },
         "Embedding: indices must be int64, got float32"}}},
      {"Embedding(padding)",  // whose row moves the output and has no gradient: no differences to compare with
       [](Rng& rng, Dtype dtype) {
         return nn::Embedding{5, 3, rng, {.padding_idx = 2}, nn::Normal{0, 1}, dtype};
       },
       {indices({2, 4}, {2, 4, 3}), indices({1}, {1, 3})},
       {{"weight", {5, 3}}},
       5 * 3,
       "15 parameters, 60 B",
       {},
       0},
  };
}

}  // namespace retrograd::tests
