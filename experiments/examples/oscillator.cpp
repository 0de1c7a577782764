// A physics-informed network: y″ = −y with y(0) = 0 and y′(0) = 1 is solved by making the residual the loss. The
// second derivative inside the loss is a nested tape, and the weights are trained through it. The solution is sin t.
#include <fmt/core.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace rg = retrograd;

int main() {
  rg::Rng rng(1);
  const rg::nn::Mlp start{{1, 24, 24, 1}, rg::nn::Activation::tanh, rng, rg::nn::FanInUniform{}, rg::float64};
  rg::nn::Mlp model = rg::clone(start);
  const rg::Tensor t = rg::reshape(rg::linspace(0, 6, 61, rg::float64), {61, 1});

  // y(t) = t + t²·N(t) has the right y(0) and y′(0), whatever the network N is.
  const auto solution = [](const rg::nn::Mlp& network, const rg::Tensor& time) {
    return time + rg::square(time) * network(time / 3 - 1);
  };
  const auto residual = [&](const rg::nn::Mlp& network) {
    const auto y = [&](const rg::Tensor& time) { return rg::sum(solution(network, time)); };
    const auto slope = [&](const rg::Tensor& time) { return rg::sum(rg::grad(y)(time)); };
    return rg::mean(rg::square(rg::grad(slope)(t) + solution(network, t)));
  };

  rg::optim::Optimizer adam{rg::optim::Adam{}};
  const int steps = 3000;
  for (int step = 0; step < steps; ++step) {
    adam.rule.learning_rate = 0.01 * std::pow(0.01, step / double(steps));
    const auto [loss, gradients] = rg::value_and_grad(residual)(model);
    adam.step(model, gradients);
    if (step % 500 == 0) fmt::print("step {:4}: residual {:.0e}\n", step, loss.item<double>());
  }
  const rg::Tensor error = rg::max(rg::abs(solution(model, t) - rg::sin(t)));
  fmt::print("largest difference from sin t on [0, 6]: {}\n", error.item<double>() < 1e-2 ? "below 0.01" : "too large");
}
