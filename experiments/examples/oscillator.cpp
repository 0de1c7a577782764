// A physics-informed network: solves y″ = −y with y(0) = 0 and y′(0) = 1 by using the residual as the loss. The second
// derivative in the loss is computed by a nested tape, and the weights are trained through it, here by L-BFGS. The
// solution is sin t.
// Output:
//   mean square of y" + y: below 1e-5
//   largest difference from sin t on [0, 6]: below 0.001
#include <fmt/core.h>
#include <retrograd/retrograd.h>

namespace rg = retrograd;

int main() {
  rg::Rng rng(1);
  rg::nn::Mlp model{{1, 24, 24, 1}, rg::nn::Activation::tanh, rng, rg::nn::FanInUniform{}, rg::float64};
  const rg::Tensor t = rg::reshape(rg::linspace(0, 6, 61, rg::float64), {61, 1});

  // y(t) = t + t²·N(t) satisfies the initial conditions for any network N.
  const auto solution = [](const rg::nn::Mlp& network, const rg::Tensor& time) {
    return time + rg::square(time) * network(time / 3 - 1);
  };
  const auto residual = [&](const rg::nn::Mlp& network) {
    const auto y = [&](const rg::Tensor& time) { return rg::sum(solution(network, time)); };
    const auto slope = [&](const rg::Tensor& time) { return rg::sum(rg::grad(y)(time)); };
    return rg::mean(rg::square(rg::grad(slope)(t) + solution(network, t)));
  };

  const rg::optim::LbfgsResult result =
      rg::optim::minimize(residual, model, {.max_iterations = 500, .max_evaluations = 1000, .tolerance_change = 1e-14});
  fmt::print("mean square of y\" + y: {}\n", result.loss < 1e-5 ? "below 1e-5" : "large");
  const rg::Tensor error = rg::max(rg::abs(solution(model, t) - rg::sin(t)));
  fmt::print("largest difference from sin t on [0, 6]: {}\n",
             error.item<double>() < 1e-3 ? "below 0.001" : "too large");
}
