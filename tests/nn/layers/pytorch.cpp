#include "pytorch.h"

#include <doctest/doctest.h>

namespace retrograd::tests {

namespace {

Tensor positions(const Tensor& x) { return arange(x.size(), float64); }

void check_tensor(const Recorded& expected, const std::string& name, const Tensor& x) {
  CAPTURE(expected.name);
  CHECK(name == expected.name);
  const Tensor v = reshape(x, Shape{x.size()}), i = positions(x);
  CHECK(sum(v * cos(0.9 * i)).item<double>() == doctest::Approx(expected.cosines).epsilon(1e-11));
  CHECK(sum(v * sin(1.3 * i + 1)).item<double>() == doctest::Approx(expected.sines).epsilon(1e-11));
}

}  // namespace

Tensor wave(const Shape& shape, double phase, double scale, double step) {
  return scale * sin(step * reshape(arange(shape.size(), float64), shape) + phase);
}

void check_recorded(const std::vector<Parameter>& own, const std::vector<Parameter>& inputs,
                    FunctionRef<std::vector<Tensor>(const std::vector<Tensor>&)> call,
                    const std::vector<Recorded>& expected) {
  double phase = 0;
  for (const Parameter& parameter : own) {
    Tensor to = parameter.tensor;
    copy_into(to, wave(to.shape(), phase++, 0.5, 0.1));
  }
  for (OverrideMode mode : {OverrideMode::fused, OverrideMode::composed, OverrideMode::checked}) {
    CAPTURE(static_cast<int>(mode));
    const OverrideScope scope{mode};
    Tape tape;
    std::vector<Tensor> x;
    for (const Parameter& input : inputs) x.push_back(input.tensor);
    for (const Tensor& input : x) tape.watch(input);
    for (const Parameter& parameter : own) tape.watch(parameter.tensor);
    const std::vector<Tensor> outputs = call(x);
    REQUIRE(expected.size() == outputs.size() + inputs.size() + own.size());
    Tensor loss = zeros({}, float64);
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      const Tensor weights = cos(0.7 * positions(outputs[k]) + static_cast<double>(k));
      loss = loss + sum(reshape(outputs[k], weights.shape()) * weights);
    }
    const Gradients g = tape.gradients(loss);
    auto at = expected.begin();
    for (const Tensor& output : outputs) check_tensor(*at, at->name, output), ++at;
    for (const Parameter& input : inputs) check_tensor(*at++, input.name, g[input.tensor]);
    for (const Parameter& parameter : own) check_tensor(*at++, parameter.name, g[parameter.tensor]);
  }
}

}  // namespace retrograd::tests
