#include "cases.h"

namespace retrograd::bench {
namespace {

/// All gradients of the sum of squares of a layer's outputs for these inputs.
template <class Layer>
Results gradients_of(const Layer& layer, const Tensor& x) {
  Tape tape;
  tape.watch(layer);
  tape.watch(x);
  const Gradients gradients = tape.gradients(sum(square(layer(x))));
  Results results;
  for (const auto& one : gradients) results.push_back(one.value());
  return results;
}
template <class Make>
Case layer_gradients(std::string name, const Shape& shape, Make make) {
  return {std::move(name), [=] {
            Rng rng(3);
            const auto layer = make(rng);
            const Tensor x = numbers(shape);
            return [=] { return gradients_of(layer, x); };
          }};
}
template <class Make>
Case layer_values(std::string name, const Shape& shape, Make make) {
  return {std::move(name), [=] {
            Rng rng(3);
            const auto layer = make(rng);
            const Tensor x = numbers(shape);
            return [=]() -> Results { return {layer(x)}; };
          }};
}

}  // namespace

Cases layer_cases() {
  const Shape images{8, 32, 32, 32};
  const auto conv = [](Rng& rng) { return nn::Conv2d(32, 32, 3, rng, {.padding = 1}); };
  const auto strided = [](Rng& rng) { return nn::Conv2d(32, 64, 3, rng, {.stride = 2, .padding = 1}); };
  const auto depthwise = [](Rng& rng) { return nn::Conv2d(32, 32, 3, rng, {.padding = 1, .groups = 32}); };
  const auto conv1d = [](Rng& rng) { return nn::Conv1d(32, 64, 5, rng, {.padding = 2}); };
  const auto lstm = [](Rng& rng) { return nn::Lstm(32, 64, rng); };
  const auto attention = [](Rng& rng) { return nn::MultiHeadAttention(64, 4, rng); };
  const auto transformer = [](Rng& rng) { return nn::TransformerEncoderLayer(64, 4, rng, {.dropout = 0}); };
  return {
      layer_values("conv 3x3", images, conv),
      layer_gradients("conv 3x3 gradients", images, conv),
      layer_gradients("conv 3x3 stride 2 gradients", images, strided),
      layer_values("depthwise 3x3", images, depthwise),
      layer_gradients("depthwise 3x3 gradients", images, depthwise),
      layer_gradients("conv1d 5 gradients", {16, 32, 128}, conv1d),
      gradient_of("max_pool 2 gradients", images, [](const Tensor& x) { return square(max_pool2d(x, 2)); }),
      layer_gradients("LSTM gradients", {16, 32, 32}, lstm),
      layer_gradients("attention gradients", {8, 64, 64}, attention),
      layer_gradients("transformer gradients", {8, 64, 64}, transformer),
      layer_gradients("layer norm gradients", {4096, 512}, [](Rng&) { return nn::LayerNorm({512}); }),
      layer_gradients("group norm gradients", images, [](Rng&) { return nn::GroupNorm(8, 32); }),
      {"batch norm gradients",
       [] {
         const nn::BatchNorm<1> layer(512);
         const Tensor x = numbers({4096, 512});
         return [=] {
           Rng rng(4);
           const nn::Training training{rng};
           return gradients_of(layer, x);
         };
       }},
      {"cross-entropy gradients",
       [] {
         const Tensor logits = numbers({1000, 1000});
         Rng rng(2);
         const Tensor classes = randint({1000}, 0, 1000, rng);
         return [=]() -> Results {
           return {grad([&](const Tensor& x) { return nn::softmax_cross_entropy(x, classes); })(logits)};
         };
       }},
  };
}

}  // namespace retrograd::bench
