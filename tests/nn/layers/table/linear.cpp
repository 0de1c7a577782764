#include "../layer_table.h"

namespace retrograd::tests {

std::vector<LayerRow> linear_layer_rows() {
  return {
      {"Linear",
       [](Rng& rng, Dtype dtype) {
         return nn::Linear{3, 2, rng, nn::FanInUniform{}, dtype};
       },
       {{{{4, 3}}, {4, 2}}, {{{1, 3}}, {1, 2}}, {{{3}}, {2}}, {{{2, 5, 3}}, {2, 5, 2}}, {{{0, 3}}, {0, 2}}},
       {{"weight", {2, 3}}, {"bias", {2}}},
       3 * 2 + 2,
       "8 parameters, 32 B",
       {{[] {
           Rng rng(1);
           nn::Linear{0, 2, rng};
         },
         "Linear: sizes must be positive, got 0 in, 2 out"},
        {[] {
           Rng rng(1);
           nn::Linear{3, 2, rng}(ones({4, 5}));
         },
         "linear: x (4, 5) does not fit weight (2, 3), which is (out, in)"},
        {[] {
           Rng rng(1);
           nn::Linear{3, 2, rng}(ones({4, 3}, float64));
         },
         "linear: dtypes differ: x float64, weight float32, bias float32; convert with astype"}}},
      {"Linear(no bias)",
       [](Rng& rng, Dtype dtype) { return nn::Linear{3, 2, rng, {.bias = false}, nn::FanInUniform{}, dtype}; },
       {{{{4, 3}}, {4, 2}}, {{{3}}, {2}}, {{{2, 5, 3}}, {2, 5, 2}}, {{{0, 3}}, {0, 2}}},
       {{"weight", {2, 3}}},
       3 * 2,
       "6 parameters, 24 B",
       {{[] {
           Rng rng(1);
           nn::Linear{3, 2, rng, {.bias = false}}(ones({4, 5}));
         },
         "linear: x (4, 5) does not fit weight (2, 3), which is (out, in)"}}},
      {"Mlp",
       [](Rng& rng, Dtype dtype) {
         return nn::Mlp{{3, 4, 2}, nn::Activation::sigmoid, rng, nn::FanInUniform{}, dtype};
       },
       {{{{5, 3}}, {5, 2}}, {{{1, 3}}, {1, 2}}},
       {{"layers.0.weight", {4, 3}}, {"layers.0.bias", {4}}, {"layers.1.weight", {2, 4}}, {"layers.1.bias", {2}}},
       3 * 4 + 4 + 4 * 2 + 2,
       "26 parameters, 104 B",
       {{[] {
           Rng rng(1);
           nn::Mlp{{3}, nn::Activation::relu, rng};
         },
         "Mlp: expects at least two sizes, got 1"},
        {[] {
           Rng rng(1);
           nn::Mlp{{3, 4, 2}, nn::Activation::relu, rng}(ones({5, 2}));
         },
         "layer \"layers.0\": linear: x (5, 2) does not fit weight (4, 3), which is (out, in)"}}},
      {"Sequential",
       [](Rng& rng, Dtype dtype) {
         return nn::Sequential{nn::Linear{3, 4, rng, nn::FanInUniform{}, dtype}, relu,
                               nn::Linear{4, 2, rng, nn::FanInUniform{}, dtype}};
       },
       {{{{5, 3}}, {5, 2}}, {{{1, 3}}, {1, 2}}},
       {{"0.weight", {4, 3}}, {"0.bias", {4}}, {"2.weight", {2, 4}}, {"2.bias", {2}}},
       3 * 4 + 4 + 4 * 2 + 2,
       "26 parameters, 104 B",
       {{[] {
           Rng rng(1);
           nn::Sequential{nn::Linear{3, 4, rng}, relu, nn::Linear{3, 2, rng}}(ones({5, 3}));
         },
         "layer \"2\": linear: x (5, 4) does not fit weight (2, 3), which is (out, in)"},
        {[] {
           Rng rng(1);
           const nn::Sequential inner{tanh, nn::Linear{3, 4, rng}};
           nn::Sequential{nn::Linear{2, 4, rng}, inner}(ones({5, 2}));
         },
         "layer \"1.1\": linear: x (5, 4) does not fit weight (4, 3), which is (out, in)"},
        {[] {
           nn::Sequential{relu, tanh}(ones({2}, int64));
         },
         "layer \"0\": relu: does not support int64 (supported: float32, float64)"}}},
      {"Checkpointed",
       [](Rng& rng, Dtype dtype) {
         return nn::Checkpointed{nn::Sequential{nn::Linear{3, 4, rng, nn::FanInUniform{}, dtype}, tanh,
                                                nn::Linear{4, 2, rng, nn::FanInUniform{}, dtype}},
                                 1'000'000};
       },
       {{{{5, 3}}, {5, 2}}, {{{1, 3}}, {1, 2}}},
       {{"0.weight", {4, 3}}, {"0.bias", {4}}, {"2.weight", {2, 4}}, {"2.bias", {2}}},
       3 * 4 + 4 + 4 * 2 + 2,
       "26 parameters, 104 B",
       {{[] {
           Rng rng(1);
           nn::Checkpointed{nn::Sequential{relu, nn::Linear{3, 4, rng}}, 1'000'000}(ones({5, 2}));
         },
         "layer \"1\": linear: x (5, 2) does not fit weight (4, 3), which is (out, in)"}}},
      {"Sequential(of nothing)",
       [](Rng&, Dtype) { return nn::Sequential{}; },
       {{{{2, 3}}, {2, 3}}},
       {},
       0,
       "0 parameters, 0 B"},
  };
}

}  // namespace retrograd::tests
