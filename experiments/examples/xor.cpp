// Exclusive or, which no linear model can represent, by a network with one hidden layer.
// Output:
//   0 xor 0 = 0
//   0 xor 1 = 1
//   1 xor 0 = 1
//   1 xor 1 = 0
#include <fmt/core.h>
#include <retrograd/retrograd.h>

namespace rg = retrograd;

int main() {
  const rg::Tensor inputs = rg::tensor({{0.f, 0.f}, {0.f, 1.f}, {1.f, 0.f}, {1.f, 1.f}});
  const rg::Tensor targets = rg::tensor({{0.f}, {1.f}, {1.f}, {0.f}});

  rg::Rng rng(1);
  rg::nn::Mlp model{{2, 8, 1}, rg::nn::Activation::tanh, rng};
  rg::optim::Optimizer adam{rg::optim::Adam{.learning_rate = 0.05}};
  for (int step = 0; step < 300; ++step) {
    rg::Tape tape;
    tape.watch(model);
    adam.step(model, tape.gradients(rg::nn::bce_with_logits(model(inputs), targets)));
  }
  const rg::Tensor probability = rg::sigmoid(model(inputs));
  for (std::int64_t i = 0; i < 4; ++i)
    fmt::print("{} xor {} = {}\n", inputs(i, 0).item<float>(), inputs(i, 1).item<float>(),
               probability(i, 0).item<float>() > 0.5f ? 1 : 0);
}
