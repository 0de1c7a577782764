// A custom fused op, checked against its definition while a network trains with it. The op is Swish with a slope,
// x·σ(βx) with β = 1.5; its gradient is derived by hand. A wrong one, which lacks a factor, is caught.
// Output:
//   swish, checked at each of 300 steps: trained
//   swish_wrong: caught at the first step
#include <fmt/core.h>
#include <retrograd/retrograd.h>

namespace rg = retrograd;

constexpr double kBeta = 1.5;

rg::Tensor swish_composed(const rg::Tensor& x) { return x * rg::sigmoid(kBeta * x); }

// d(x·s) = (s + β·x·s·(1 − s))·dx with s = σ(βx)
rg::Tensor swish_fused(const rg::Tensor& x) {
  const rg::Tensor s = rg::detach(rg::sigmoid(kBeta * x));
  const auto rule = [](const rg::Tensor& g, const rg::Tensor& at) {
    const rg::Tensor gate = rg::sigmoid(kBeta * at);
    return g * (gate + kBeta * at * gate * (1 - gate));
  };
  return rg::record("swish", rg::detach(x) * s, rg::wrt(x, rule, x));
}
rg::Tensor swish_wrong(const rg::Tensor& x) {
  const rg::Tensor s = rg::detach(rg::sigmoid(kBeta * x));
  const auto rule = [](const rg::Tensor& g, const rg::Tensor& at) {
    const rg::Tensor gate = rg::sigmoid(kBeta * at);
    return g * (gate + at * gate * (1 - gate));
  };
  return rg::record("swish_wrong", rg::detach(x) * s, rg::wrt(x, rule, x));
}

const rg::Override swish{"swish", swish_composed, swish_fused};
const rg::Override wrong{"swish_wrong", swish_composed, swish_wrong};

double train(rg::Tensor (*activation)(const rg::Tensor&)) {
  rg::Rng rng(1);
  rg::nn::Sequential model{rg::nn::Linear{1, 16, rng}, activation, rg::nn::Linear{16, 1, rng}};
  const rg::Tensor x = rg::reshape(rg::linspace(-2, 2, 64), {64, 1}), target = rg::square(x);
  rg::optim::Optimizer adam{rg::optim::Adam{.learning_rate = 0.02}};
  double last = 0;
  for (int step = 0; step < 300; ++step) {
    rg::Tape tape;
    tape.watch(model);
    const rg::Tensor loss = rg::nn::mse(model(x), target);
    adam.step(model, tape.gradients(loss));
    last = loss.item<double>();
  }
  return last;
}

int main() {
  const rg::OverrideScope scope{rg::OverrideMode::checked};
  fmt::print("swish, checked at each of 300 steps: {}\n",
             train([](const rg::Tensor& x) { return swish(x); }) < 1e-2 ? "trained" : "did not train");
  try {
    train([](const rg::Tensor& x) { return wrong(x); });
  } catch (const rg::OverrideMismatch& mismatch) {
    fmt::print("swish_wrong: caught at the first step\n");
    return 0;
  }
  return 1;
}
