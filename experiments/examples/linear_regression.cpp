// Fits a line to noisy points by gradient descent, and prints it beside the true one.
// Output:
//   step   0: loss 2.6102
//   step  50: loss 0.0161
//   step 100: loss 0.0100
//   step 150: loss 0.0100
//   step 200: loss 0.0100
//   y = 2.99 x + -0.50, made by y = 3 x - 0.5
#include <fmt/core.h>
#include <retrograd/retrograd.h>

namespace rg = retrograd;

int main() {
  rg::Rng rng(1);
  const rg::Tensor x = rg::uniform({200, 1}, -1, 1, rng);
  const rg::Tensor y = 3 * x - 0.5 + 0.1 * rg::normal({200, 1}, 0, 1, rng);

  rg::nn::Linear line{1, 1, rng};
  rg::optim::Optimizer sgd{rg::optim::Sgd{.learning_rate = 0.1}};
  for (int step = 0; step <= 200; ++step) {
    const auto [loss, gradients] =
        rg::value_and_grad([&](const rg::nn::Linear& l) { return rg::nn::mse(l(x), y); })(line);
    if (step % 50 == 0) fmt::print("step {:3}: loss {:.4f}\n", step, loss.item<float>());
    sgd.step(line, gradients);
  }
  fmt::print("y = {:.2f} x + {:.2f}, made by y = 3 x - 0.5\n", line.weight.item<float>(), line.bias.item<float>());
}
