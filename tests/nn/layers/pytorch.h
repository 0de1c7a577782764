// Compares layers with numbers recorded from PyTorch. In both programs element i of the k-th parameter is 0.5·sin(0.1·i
// + k), and the loss is Σₖ Σᵢ cos(0.7·i + k)·(k-th output)ᵢ; for each output and each derivative two numbers are
// recorded, Σᵢ cos(0.9·i)·vᵢ and Σᵢ sin(1.3·i + 1)·vᵢ, in float64.
#pragma once
#include <retrograd/retrograd.h>

#include <string>
#include <vector>

namespace retrograd::tests {

struct Recorded {
  std::string name;
  double cosines, sines;
};

/// scale·sin(step·i + phase), float64.
Tensor wave(const Shape& shape, double phase, double scale, double step);

/// The check behind check_against_pytorch, for a model's parameters and the outputs of a call.
void check_recorded(const std::vector<Parameter>& own, const std::vector<Parameter>& inputs,
                    FunctionRef<std::vector<Tensor>(const std::vector<Tensor>&)> call,
                    const std::vector<Recorded>& expected);

/// Checks outputs = call(model, inputs) and the derivatives of the inputs and of all parameters, under PyTorch's names,
/// in every override mode.
template <class Model, class Call>
void check_against_pytorch(Model model, const std::vector<Parameter>& inputs, Call call,
                           const std::vector<Recorded>& expected) {
  check_recorded(
      parameters(model), inputs, [&](const std::vector<Tensor>& x) { return call(model, x); }, expected);
}

}  // namespace retrograd::tests
