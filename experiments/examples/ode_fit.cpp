// Estimates the rates of a predator-prey system (Lotka-Volterra) from noisy counts: the Runge-Kutta solver is a loop of
// tensor ops, so the gradient of the misfit flows through all its steps.
// Output:
//   step   0: misfit 0.12906
//   step 100: misfit 0.00070
//   step 200: misfit 0.00049
//   step 300: misfit 0.00039
//   a: found 0.95, true 1.00
//   b: found 1.42, true 1.50
//   c: found 1.05, true 1.00
//   d: found 0.84, true 0.80
#include <fmt/core.h>
#include <retrograd/retrograd.h>

namespace rg = retrograd;

// d(prey) = a·prey − b·prey·hunters, d(hunters) = c·prey·hunters − d·hunters, with (a, b, c, d) = exp(logs)
rg::Tensor change(const rg::Tensor& populations, const rg::Tensor& rates) {
  const rg::Tensor prey = populations[0], hunters = populations[1], meetings = prey * hunters;
  return rg::stack({rates[0] * prey - rates[1] * meetings, rates[2] * meetings - rates[3] * hunters});
}

// The populations after each of `steps` steps of size h, (steps, 2).
rg::Tensor simulate(const rg::Tensor& rates, int steps, double h) {
  rg::Tensor now = rg::tensor({1.0, 0.5}, rg::float64);
  std::vector<rg::Tensor> path;
  for (int i = 0; i < steps; ++i) {
    const rg::Tensor k1 = change(now, rates), k2 = change(now + h / 2 * k1, rates),
                     k3 = change(now + h / 2 * k2, rates), k4 = change(now + h * k3, rates);
    now = now + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    path.push_back(now);
  }
  return rg::stack(path);
}

struct Rates {
  rg::Tensor logs = rg::zeros({4}, rg::float64);  // all rates start at 1; exp keeps them positive
  static void fields(auto& self, auto&& visit) { visit("logs", self.logs); }
};

int main() {
  rg::Rng rng(1);
  const rg::Tensor truth = rg::tensor({1.0, 1.5, 1.0, 0.8}, rg::float64);
  const rg::Tensor seen = simulate(truth, 100, 0.1) * rg::exp(0.02 * rg::normal({100, 2}, 0, 1, rng, rg::float64));

  Rates rates;
  rg::optim::Optimizer adam{rg::optim::Adam{.learning_rate = 0.03}};
  for (int step = 0; step <= 300; ++step) {
    const auto [loss, gradients] = rg::value_and_grad([&](const Rates& r) {
      return rg::nn::mse(rg::log(simulate(rg::exp(r.logs), 100, 0.1)), rg::log(seen));
    })(rates);
    if (step % 100 == 0) fmt::print("step {:3}: misfit {:.5f}\n", step, loss.item<double>());
    adam.step(rates, gradients);
  }
  const std::vector<double> found = rg::exp(rates.logs).to_vector<double>(), made = truth.to_vector<double>();
  for (std::size_t i = 0; i < 4; ++i) fmt::print("{}: found {:.2f}, true {:.2f}\n", "abcd"[i], found[i], made[i]);
}
