// A layer of one's own: a struct that is called with a tensor, and one line that lists its fields. Here a highway
// layer (Srivastava, Greff and Schmidhuber, 2015): a gate decides how much of the input is carried through.
#include <fmt/core.h>
#include <retrograd/retrograd.h>

namespace rg = retrograd;

struct Highway {
  rg::nn::Linear transform, gate;
  Highway(std::int64_t width, rg::Rng& rng) : transform{width, width, rng}, gate{width, width, rng} {
    rg::fill(gate.bias, -1);  // carries at first
  }
  rg::Tensor operator()(const rg::Tensor& x) const {
    const rg::Tensor t = rg::sigmoid(gate(x));
    return t * rg::relu(transform(x)) + (1 - t) * x;
  }
  static void fields(auto& self, auto&& visit) {
    visit("transform", self.transform);
    visit("gate", self.gate);
  }
};

int main() {
  rg::Rng rng(1);
  rg::nn::Sequential model{rg::nn::Linear{2, 16, rng}, Highway{16, rng}, Highway{16, rng}, rg::nn::Linear{16, 1, rng}};
  const rg::Tensor x = rg::uniform({256, 2}, -1, 1, rng);
  const rg::Tensor target = rg::sin(3 * x(rg::range(), rg::range(0, 1))) * x(rg::range(), rg::range(1, 2));

  rg::optim::Optimizer adam{rg::optim::Adam{.learning_rate = 1e-2}};
  for (int step = 0; step <= 600; ++step) {
    const auto [loss, gradients] = rg::value_and_grad([&](const auto& m) { return rg::nn::mse(m(x), target); })(model);
    if (step % 200 == 0) fmt::print("step {:3}: loss {:.0e}\n", step, loss.template item<float>());
    adam.step(model, gradients);
  }
  for (const auto& [name, parameter] : rg::parameters(model)) fmt::print("{} {}\n", name, parameter.shape());
}
