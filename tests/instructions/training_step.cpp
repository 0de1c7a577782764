// A user's program in small: a few training steps of convolution, normalization, attention and dense layers, with what
// goes before and after them, on two threads. It is run under memcheck.
#include <retrograd/retrograd.h>

#include <cstdio>

namespace rg = retrograd;

namespace {

struct Model {
  rg::nn::Conv2d convolution;
  rg::nn::BatchNorm2d norm;
  rg::nn::Linear hidden;
  rg::nn::LayerNorm layer_norm;
  rg::nn::Dropout dropout{0.2};
  rg::nn::Linear output;

  explicit Model(rg::Rng& rng)
      : convolution{1, 3, 3, rng}, norm{3}, hidden{3 * 5 * 5, 37, rng}, layer_norm{{37}}, output{37, 10, rng} {}
  static void fields(auto& self, auto&& visit) {
    visit("convolution", self.convolution);
    visit("norm", self.norm);
    visit("hidden", self.hidden);
    visit("layer_norm", self.layer_norm);
    visit("output", self.output);
  }
  rg::Tensor operator()(const rg::Tensor& images) const {
    const rg::Tensor seen = rg::relu(norm(convolution(images)));
    return output(dropout(rg::tanh(layer_norm(hidden(rg::reshape(seen, {images.shape()[0], -1}))))));
  }
};

}  // namespace

int main() {
  rg::set_threads(2);
  rg::Rng rng(1);
  Model model(rng);
  rg::optim::Optimizer adam{rg::optim::Adam{.learning_rate = 0.01, .weight_decay = 1e-4}};
  const rg::Tensor images = rg::normal({20, 1, 7, 7}, 0, 1, rng),
                   labels = rg::reshape(rg::broadcast_to(rg::arange(10), {2, 10}), {20});
  const rg::nn::Training training{rng};
  double first = 0, last = 0;
  for (int step = 0; step < 10; ++step) {
    rg::Tape tape;
    tape.watch(model);
    const rg::Tensor loss = rg::nn::softmax_cross_entropy(model(images), labels);
    rg::Gradients gradients = tape.gradients(loss);
    adam.step(model, gradients);
    last = loss.item<double>();
    if (step == 0) first = last;
  }
  std::printf("SIMD target %s\nloss %.3f, then %.3f\n", rg::simd_target().c_str(), first, last);
  return last < first ? 0 : 1;
}
