// A stranger's program: a small network learns exclusive or.
#include <fmt/core.h>
#include <retrograd/retrograd.h>

namespace rg = retrograd;

int main() {
  rg::check_version();
  rg::Rng rng(1);
  rg::nn::Mlp model{{2, 8, 1}, rg::nn::Activation::tanh, rng};
  rg::optim::Optimizer adam{rg::optim::Adam{.learning_rate = 0.05}};
  rg::Tensor inputs = rg::tensor({{0.0, 0.0}, {0.0, 1.0}, {1.0, 0.0}, {1.0, 1.0}});
  rg::Tensor targets = rg::tensor({{0.0}, {1.0}, {1.0}, {0.0}});
  double last = 1;
  for (int step = 0; step < 300; ++step) {
    rg::Tape tape;
    tape.watch(model);
    rg::Tensor loss = rg::nn::mse(model(inputs), targets);
    adam.step(model, tape.gradients(loss));
    last = loss.item<double>();
  }
  fmt::print("Retrograd {}: loss {:.1e}\n", rg::version(), last);
  return last < 1e-3 ? 0 : 1;
}
