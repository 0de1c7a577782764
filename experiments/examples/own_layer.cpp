// A custom layer: a struct that is called with a tensor, and one line that lists its fields. Here a highway layer
// (Srivastava, Greff and Schmidhuber, 2015): a gate decides how much of the input is carried through.
// Output:
//   mean squared error: below 0.001
//   0.weight (16, 2)
//   0.bias (16,)
//   1.transform.weight (16, 16)
//   1.transform.bias (16,)
//   1.gate.weight (16, 16)
//   1.gate.bias (16,)
//   2.transform.weight (16, 16)
//   2.transform.bias (16,)
//   2.gate.weight (16, 16)
//   2.gate.bias (16,)
//   3.weight (1, 16)
//   3.bias (1,)
#include <fmt/core.h>
#include <retrograd/retrograd.h>

namespace rg = retrograd;

struct Highway {
  rg::nn::Linear transform, gate;
  Highway(std::int64_t width, rg::Rng& rng) : transform{width, width, rng}, gate{width, width, rng} {
    rg::fill(gate.bias, -1);  // initially carries most of the input
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
  for (int step = 0; step < 600; ++step) {
    rg::Tape tape;
    tape.watch(model);
    adam.step(model, tape.gradients(rg::nn::mse(model(x), target)));
  }
  fmt::print("mean squared error: {}\n", rg::nn::mse(model(x), target).item<float>() < 1e-3f ? "below 0.001" : "large");
  for (const auto& [name, parameter] : rg::parameters(model)) fmt::print("{} {}\n", name, parameter.shape());
}
