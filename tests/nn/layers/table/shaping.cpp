#include "../layer_table.h"

namespace retrograd::tests {

std::vector<LayerRow> shaping_layer_rows() {
  return {
      {"Flatten",
       [](Rng&, Dtype) { return nn::Flatten{}; },
       {{{{2, 3, 1, 2}}, {2, 6}}, {{{1, 4}}, {1, 4}}, {{{3, 2, 2}}, {3, 4}}, {{{0, 2, 2}}, {0, 4}}},
       {},
       0,
       "0 parameters, 0 B",
       {{[] {
           nn::Flatten{2}(zeros({2, 3}));
         },
         "flatten: axis 2 is out of range for 2 axes"}}},
      {"Flatten(from axis -2)",
       [](Rng&, Dtype) { return nn::Flatten{.start_dim = -2}; },
       {{{{2, 3, 1, 2}}, {2, 3, 2}}, {{{1, 4}}, {4}}},
       {},
       0,
       "0 parameters, 0 B"},
      {"Residual",
       [](Rng& rng, Dtype dtype) {
         return nn::Residual{nn::Linear{3, 3, rng, nn::FanInUniform{}, dtype}};
       },
       {{{{4, 3}}, {4, 3}}, {{{1, 3}}, {1, 3}}},
       {{"layer.weight", {3, 3}}, {"layer.bias", {3}}},
       3 * 3 + 3,
       "12 parameters, 48 B",
       {{[] {
           Rng rng(1);
           nn::Residual{nn::Linear{3, 1, rng}}(ones({4, 3}));
         },
         "Residual: the layer's output (4, 1) and input (4, 3) differ in shape"},
        {[] {
           Rng rng(1);
           nn::Residual{nn::Linear{3, 3, rng}}(ones({4, 2}));
         },
         "layer \"layer\": linear: x (4, 2) does not fit weight (3, 3), which is (out, in)"},
        {[] {
           Rng rng(1);
           nn::Sequential{relu, nn::Residual{nn::Sequential{tanh, nn::Linear{3, 3, rng}}}}(ones({4, 2}));
         },
         "layer \"1.layer.1\": linear: x (4, 2) does not fit weight (3, 3), which is (out, in)"}}},
      {"Residual(of a sequence)",
       [](Rng& rng, Dtype dtype) {
         return nn::Residual{nn::Sequential{nn::Conv2d{2, 2, 3, rng, {.padding = 1}, nn::FanInUniform{}, dtype}, tanh}};
       },
       {{{{2, 2, 3, 4}}, {2, 2, 3, 4}}},
       {{"layer.0.weight", {2, 2, 3, 3}}, {"layer.0.bias", {2}}},
       2 * 2 * 3 * 3 + 2,
       "38 parameters, 152 B"},
      {"Residual(of a function)",
       [](Rng&, Dtype) { return nn::Residual{tanh}; },
       {{{{2, 3}}, {2, 3}}},
       {},
       0,
       "0 parameters, 0 B"},
  };
}

}  // namespace retrograd::tests
