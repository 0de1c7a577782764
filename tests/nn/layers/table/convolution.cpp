#include "../layer_table.h"

namespace retrograd::tests {

namespace {

void use(const AnyLayer& layer, const Shape& x, Dtype dtype = float32) { layer({zeros(x, dtype)}); }

std::vector<LayerRow> conv2d_layer_rows() {
  return {
      {"Conv2d",
       [](Rng& rng, Dtype dtype) { return nn::Conv2d{2, 3, 3, rng, {}, nn::FanInUniform{}, dtype}; },
       {{{{2, 2, 4, 5}}, {2, 3, 2, 3}}, {{{1, 2, 3, 3}}, {1, 3, 1, 1}}, {{{0, 2, 3, 3}}, {0, 3, 1, 1}}},
       {{"weight", {3, 2, 3, 3}}, {"bias", {3}}},
       3 * 2 * 3 * 3 + 3,
       "57 parameters, 228 B",
       {{[] {
           Rng rng(1);
           nn::Conv2d{0, 3, 3, rng};
         },
         "Conv2d: sizes must be positive, got 0 in, 3 out"},
        {[] {
           Rng rng(1);
           nn::Conv2d{4, 6, 3, rng, {.groups = 4}};
         },
         "Conv2d: groups = 4 must divide 4 in and 6 out"},
        {[] {
           Rng rng(1);
           nn::Conv2d{4, 6, {3, 0}, rng};
         },
         "Conv2d: kernel sizes must be positive, got (3, 0)"},
        {[] {
           Rng rng(1);
           use(nn::Conv2d{2, 3, 3, rng}, {1, 4, 5, 5});
         },
         "conv2d: the 4 channels of x (1, 4, 5, 5) in groups = 1 do not fit the 2 of weight (3, 2, 3, 3)"},
        {[] {
           Rng rng(1);
           use(nn::Conv2d{2, 3, 3, rng}, {2, 5, 5});
         },
         "conv2d: expects x (N, C, H, W) and weight (O, C/groups, KH, KW), got (2, 5, 5) and (3, 2, 3, 3)"},
        {[] {
           Rng rng(1);
           use(nn::Conv2d{2, 3, 3, rng}, {1, 2, 2, 5});
         },
         "conv2d: a window (3, 3) with dilation (1, 1) is larger than (1, 2, 2, 5) with padding (0, 0)"},
        {[] {
           Rng rng(1);
           use(nn::Conv2d{2, 3, 3, rng, {.bias = false}}, {1, 2, 5, 5}, float64);
         },
         "conv2d: dtypes differ: x float64, weight float32; convert with astype"},
        {[] {
           Rng rng(1);
           use(nn::Sequential{nn::Conv2d{2, 3, 3, rng}, relu, nn::Conv2d{4, 3, 1, rng}}, {1, 2, 5, 5});
         },
         "layer \"2\": conv2d: the 3 channels of x (1, 3, 3, 3) in groups = 1 do not fit the 4 of weight (3, 4, 1, "
         "1)"}}},
      {"Conv2d(all options)",
       [](Rng& rng, Dtype dtype) {
         return nn::Conv2d{4,
                           2,
                           {3, 2},
                           rng,
                           {.stride = {2, 1}, .padding = {1, 2}, .dilation = {1, 2}, .groups = 2, .bias = false},
                           nn::FanInUniform{},
                           dtype};
       },
       {{{{2, 4, 5, 3}}, {2, 2, 3, 5}}, {{{1, 4, 1, 1}}, {1, 2, 1, 3}}},
       {{"weight", {2, 2, 3, 2}}},
       2 * (4 / 2) * 3 * 2,
       "24 parameters, 96 B"},
  };
}

std::vector<LayerRow> conv1d_layer_rows() {
  return {
      {"Conv1d",
       [](Rng& rng, Dtype dtype) {
         return nn::Conv1d{2, 3, 4, rng, {.stride = 2, .padding = 1}, nn::FanInUniform{}, dtype};
       },
       {{{{2, 2, 7}}, {2, 3, 3}}, {{{1, 2, 2}}, {1, 3, 1}}},
       {{"weight", {3, 2, 4}}, {"bias", {3}}},
       3 * 2 * 4 + 3,
       "27 parameters, 108 B",
       {{[] {
           Rng rng(1);
           nn::Conv1d{2, 0, 3, rng};
         },
         "Conv1d: sizes must be positive, got 2 in, 0 out"},
        {[] {
           Rng rng(1);
           nn::Conv1d{2, 2, 3, rng, {.groups = 0}};
         },
         "Conv1d: groups = 0 must divide 2 in and 2 out"},
        {[] {
           Rng rng(1);
           nn::Conv1d{2, 2, 0, rng};
         },
         "Conv1d: kernel sizes must be positive, got (1, 0)"},
        {[] {
           Rng rng(1);
           use(nn::Conv1d{2, 3, 4, rng}, {1, 3, 9});
         },
         "conv1d: the 3 channels of x (1, 3, 9) in groups = 1 do not fit the 2 of weight (3, 2, 4)"}}},
      {"Conv1d(groups without a bias)",
       [](Rng& rng, Dtype dtype) {
         return nn::Conv1d{4, 2, 3, rng, {.dilation = 2, .groups = 2, .bias = false}, nn::FanInUniform{}, dtype};
       },
       {{{{2, 4, 6}}, {2, 2, 2}}},
       {{"weight", {2, 2, 3}}},
       2 * (4 / 2) * 3,
       "12 parameters, 48 B"},
  };
}

std::vector<LayerRow> conv_transpose2d_layer_rows() {
  return {
      {"ConvTranspose2d",
       [](Rng& rng, Dtype dtype) { return nn::ConvTranspose2d{3, 2, 2, rng, {}, nn::FanInUniform{}, dtype}; },
       {{{{2, 3, 2, 3}}, {2, 2, 3, 4}}, {{{1, 3, 1, 1}}, {1, 2, 2, 2}}},
       {{"weight", {3, 2, 2, 2}}, {"bias", {2}}},
       3 * 2 * 2 * 2 + 2,
       "26 parameters, 104 B",
       {{[] {
           Rng rng(1);
           nn::ConvTranspose2d{4, 6, 3, rng, {.groups = 3}};
         },
         "ConvTranspose2d: groups = 3 must divide 4 in and 6 out"},
        {[] {
           Rng rng(1);
           use(nn::ConvTranspose2d{3, 2, 2, rng}, {1, 2, 4, 4});
         },
         "conv_transpose2d: the 2 channels of x (1, 2, 4, 4) do not fit the 3 of weight (3, 2, 2, 2)"}}},
      {"ConvTranspose2d(all options)",
       [](Rng& rng, Dtype dtype) {
         return nn::ConvTranspose2d{4,
                                    2,
                                    {3, 2},
                                    rng,
                                    {.stride = {2, 3},
                                     .padding = {1, 0},
                                     .output_padding = {1, 2},
                                     .dilation = {1, 2},
                                     .groups = 2,
                                     .bias = false},
                                    nn::FanInUniform{},
                                    dtype};
       },
       {{{{2, 4, 2, 3}}, {2, 2, 4, 11}}, {{{1, 4, 1, 1}}, {1, 2, 2, 5}}},
       {{"weight", {4, 1, 3, 2}}},
       4 * (2 / 2) * 3 * 2,
       "24 parameters, 96 B"},
  };
}

}  // namespace

std::vector<LayerRow> convolution_layer_rows() {
  std::vector<LayerRow> rows;
  for (auto part : {conv2d_layer_rows, conv1d_layer_rows, conv_transpose2d_layer_rows})
    for (LayerRow& row : part()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace retrograd::tests
