#include "../layer_table.h"

namespace retrograd::tests {

namespace {

// What is normalized adds up to a constant, whose derivative is nothing but rounding: so times x.
constexpr auto kTimesX = [](const auto& layer, const Tensors& x) { return layer(x[0]) * x[0]; };
constexpr auto kTrained = [](const auto& layer, const Tensors& x) {
  Rng rng(5);
  const nn::Training training{rng};
  return layer(x[0]) * x[0];
};

std::vector<LayerRow> batch_norm_layer_rows() {
  const std::vector<StateEntry> all = {
      {"weight", {3}}, {"bias", {3}}, {"running_mean", {3}}, {"running_var", {3}}, {"num_batches_tracked", {}}};
  const char* total = "6 parameters, 24 B; buffers: 7 elements, 32 B";
  const std::vector<LayerSample> lines = {{{{4, 3}}, {4, 3}}, {{{2, 3, 2}}, {2, 3, 2}}, {{{0, 3}}, {0, 3}}},
                                 planes = {{{{2, 3, 2, 1}}, {2, 3, 2, 1}}, {{{3, 3, 1, 1}}, {3, 3, 1, 1}}};
  return {
      {"BatchNorm(1d)",
       [](Rng&, Dtype dtype) {
         return nn::BatchNorm1d{3, {}, dtype};
       },
       lines,
       all,
       3 + 3,
       total,
       {{[] { nn::BatchNorm1d{0}; }, "BatchNorm1d: channels must be positive, got 0"},
        {[] {
           nn::BatchNorm1d{3}(zeros({2, 4}));
         },
         "BatchNorm1d: x must be (N, 3) or (N, 3, L), got (2, 4)"},
        {[] {
           Rng rng(1);
           const nn::Training training{rng};
           nn::BatchNorm1d{3}(zeros({1, 3}));
         },
         "BatchNorm1d: batch statistics need more than one value per channel, got x (1, 3)"}}},
      {"BatchNorm(1d in training)",
       [](Rng&, Dtype dtype) {
         return AnyLayer{nn::BatchNorm1d{3, {}, dtype}, kTrained};
       },
       lines, all, 3 + 3, total},
      {"BatchNorm(1d without weights)",
       [](Rng&, Dtype dtype) {
         return nn::BatchNorm1d{3, {.affine = false}, dtype};
       },
       lines,
       {{"running_mean", {3}}, {"running_var", {3}}, {"num_batches_tracked", {}}},
       0,
       "0 parameters, 0 B; buffers: 7 elements, 32 B"},
      {"BatchNorm(2d)",
       [](Rng&, Dtype dtype) {
         return nn::BatchNorm2d{3, {}, dtype};
       },
       planes,
       all,
       3 + 3,
       total,
       {{[] {
           nn::BatchNorm2d{3}(zeros({2, 3}));
         },
         "BatchNorm2d: x must be (N, 3, H, W), got (2, 3)"},
        {[] {
           nn::BatchNorm2d{3}(zeros({2, 3, 1, 1}, float64));
         },
         "BatchNorm2d: x must be float32, got float64; convert with astype"}}},
      {"BatchNorm(2d in training)",
       [](Rng&, Dtype dtype) {
         return AnyLayer{nn::BatchNorm2d{3, {}, dtype}, kTrained};
       },
       planes, all, 3 + 3, total},
      {"BatchNorm(2d untracked)",
       [](Rng&, Dtype dtype) {
         return AnyLayer{nn::BatchNorm2d{3, {.track_running_stats = false}, dtype}, kTimesX};
       },
       planes,
       {{"weight", {3}}, {"bias", {3}}},
       3 + 3,
       "6 parameters, 24 B"},
  };
}

}  // namespace

std::vector<LayerRow> normalizing_layer_rows() {
  std::vector<LayerRow> rows = batch_norm_layer_rows();
  const std::vector<LayerRow> others = {
      {"LayerNorm",
       [](Rng&, Dtype dtype) {
         return AnyLayer{nn::LayerNorm{{2, 3}, {}, dtype}, kTimesX};
       },
       {{{{4, 2, 3}}, {4, 2, 3}}, {{{2, 3}}, {2, 3}}, {{{0, 2, 3}}, {0, 2, 3}}},
       {{"weight", {2, 3}}, {"bias", {2, 3}}},
       2 * 3 + 2 * 3,
       "12 parameters, 48 B",
       {{[] {
           nn::LayerNorm{{2, 3}}(zeros({3, 2}));
         },
         "LayerNorm: x must end in normalized_shape (2, 3), got (3, 2)"},
        {[] {
           nn::LayerNorm{{2, 0}};
         },
         "LayerNorm: normalized_shape must have at least one axis and positive sizes, got (2, 0)"}}},
      {"GroupNorm",
       [](Rng&, Dtype dtype) {
         return AnyLayer{nn::GroupNorm{2, 4, {}, dtype}, kTimesX};
       },
       {{{{2, 4, 3}}, {2, 4, 3}}, {{{3, 4}}, {3, 4}}, {{{1, 4, 2, 1}}, {1, 4, 2, 1}}, {{{0, 4, 2}}, {0, 4, 2}}},
       {{"weight", {4}}, {"bias", {4}}},
       4 + 4,
       "8 parameters, 32 B",
       {{[] {
           nn::GroupNorm{2, 3};
         },
         "GroupNorm: 3 channels cannot be split into 2 equal groups"},
        {[] {
           nn::GroupNorm{2, 4}(zeros({2, 3}));
         },
         "GroupNorm: x must be (N, 4, …), got (2, 3)"}}},
      {"RmsNorm",
       [](Rng&, Dtype dtype) {
         return nn::RmsNorm{{3}, {}, dtype};
       },
       {{{{4, 2, 3}}, {4, 2, 3}}, {{{3}}, {3}}, {{{0, 3}}, {0, 3}}},
       {{"weight", {3}}},
       3,
       "3 parameters, 12 B",
       {{[] {
           nn::RmsNorm{{3}}(zeros({2, 4}));
         },
         "RmsNorm: x must end in normalized_shape (3,), got (2, 4)"}}},
      {"Dropout",
       [](Rng&, Dtype) { return nn::Dropout{0.5}; },
       {{{{4, 3}}, {4, 3}}, {{{0, 3}}, {0, 3}}},
       {},
       0,
       "0 parameters, 0 B",
       {{[] { nn::Dropout{1.5}; }, "Dropout: p must be between 0 and 1, got 1.5"},
        {[] { nn::Dropout{0.5}(zeros({3}, int64)); },
         "Dropout: expects float32 or float64, got int64; convert with astype"}}},
      {"Dropout(in training)",
       [](Rng&, Dtype) {
         return AnyLayer{nn::Dropout{0.3}, kTrained};
       },
       {{{{4, 3}}, {4, 3}}, {{{0, 3}}, {0, 3}}},
       {},
       0,
       "0 parameters, 0 B"},
  };
  rows.insert(rows.end(), others.begin(), others.end());
  return rows;
}

}  // namespace retrograd::tests
