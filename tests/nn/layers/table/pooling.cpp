#include "../layer_table.h"

namespace retrograd::tests {

std::vector<LayerRow> pooling_layer_rows() {
  constexpr const char* kNothing = "0 parameters, 0 B";
  return {
      {"MaxPool2d",
       [](Rng&, Dtype) { return nn::MaxPool2d{2}; },
       {{{{2, 3, 4, 6}}, {2, 3, 2, 3}}, {{{1, 1, 5, 3}}, {1, 1, 2, 1}}, {{{1, 2, 2, 2}}, {1, 2, 1, 1}}},
       {},
       0,
       kNothing,
       {{[] {
           nn::MaxPool2d{2}(zeros({3, 4, 4}));
         },
         "max_pool2d: expects x (N, C, H, W), got (3, 4, 4)"},
        {[] {
           nn::MaxPool2d{3}(zeros({1, 1, 2, 4}));
         },
         "max_pool2d: a window (3, 3) with dilation (1, 1) is larger than (1, 1, 2, 4) with padding (0, 0)"},
        {[] {
           nn::MaxPool2d{3, {.stride = 1, .padding = 2}}(zeros({1, 1, 4, 4}));
         },
         "max_pool2d: padding 2 is more than half the window, 3"},
        {[] {
           nn::MaxPool2d{2, {.stride = 0}}(zeros({1, 1, 4, 4}));
         },
         "max_pool2d: the stride must be at least 1, got (0, 0)"}}},
      {"MaxPool2d(all options)",
       [](Rng&, Dtype) {
         return nn::MaxPool2d{{2, 3}, {.stride = {2, 1}, .padding = {1, 0}, .dilation = {1, 2}}};
       },
       {{{{2, 2, 4, 6}}, {2, 2, 3, 2}}, {{{1, 1, 1, 5}}, {1, 1, 1, 1}}},
       {},
       0,
       kNothing},
      {"AvgPool2d",
       [](Rng&, Dtype) {
         return nn::AvgPool2d{{2, 3}};
       },
       {{{{2, 3, 4, 6}}, {2, 3, 2, 2}}, {{{1, 1, 3, 5}}, {1, 1, 1, 1}}},
       {},
       0,
       kNothing,
       {{[] {
           nn::AvgPool2d{2}(zeros({1, 1, 4, 4}, int64));
         },
         "avg_pool2d: expects float32 or float64, got int64; convert with astype"}}},
      {"AvgPool2d(padding)",
       [](Rng&, Dtype) {
         return nn::AvgPool2d{3, {.stride = 2, .padding = 1}};
       },
       {{{{2, 2, 4, 5}}, {2, 2, 2, 3}}, {{{1, 1, 1, 1}}, {1, 1, 1, 1}}},
       {},
       0,
       kNothing},
      {"AdaptiveAvgPool2d",
       [](Rng&, Dtype) {
         return nn::AdaptiveAvgPool2d{{2, 3}};
       },
       {{{{2, 2, 5, 7}}, {2, 2, 2, 3}}, {{{1, 3, 1, 1}}, {1, 3, 2, 3}}},
       {},
       0,
       kNothing,
       {{[] {
           nn::AdaptiveAvgPool2d{0}(zeros({1, 1, 4, 4}));
         },
         "adaptive_avg_pool2d: sizes must be from 1 to 2147483647, got (0, 0)"},
        {[] {
           nn::Sequential{nn::AdaptiveAvgPool2d{1}}(zeros({4, 4}));
         },
         "layer \"0\": adaptive_avg_pool2d: expects x (N, C, H, W), got (4, 4)"}}},
  };
}

}  // namespace retrograd::tests
