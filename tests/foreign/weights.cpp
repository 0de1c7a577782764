// Named tensors and the weights of a network, for readers and writers of safetensors.
#include <retrograd/core/creation.h>
#include <retrograd/core/error.h>
#include <retrograd/core/format.h>
#include <retrograd/nn/linear.h>
#include <retrograd/nn/safetensors.h>
#include <retrograd/nn/sequential.h>
#include <retrograd/ops/activations.h>
#include <retrograd/ops/views.h>

#include <cmath>

#include "commands.h"

namespace retrograd::tests {

namespace {

nn::Sequential network(Rng& rng) { return nn::Sequential{nn::Linear{5, 7, rng}, relu, nn::Linear{7, 3, rng}}; }

}  // namespace

void write_tensors(Paths paths) {
  const std::vector<Parameter> tensors = {
      {"plain", tensor({{0.5, -1.25, 3e38}, {1e-45, 0.1, -0.0}})},
      {"turned", transpose(tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}))},
      {"double", tensor({0.1, 1e308, -2.5}, float64)},
      {"indices", tensor({std::int64_t{-9223372036854775807 - 1}, std::int64_t{0}, std::int64_t{9223372036854775807}})},
      {"mask", tensor({true, false, true})},
      {"pixels", tensor({0, 127, 255}, uint8)},
      {"scalar", tensor(2.5)},
      {"nothing", zeros({0, 3})},
      {"na\"me\\ü\n", ones({1})}};
  nn::write_safetensors(tensors, paths[0]);
}

void write_network(Paths paths) {
  Rng rng(1);
  const nn::Sequential model = network(rng);
  const Tensor inputs = normal({4, 5}, 0, 1, rng);
  std::vector<Parameter> tensors = parameters(model);
  tensors.push_back({"inputs", inputs});
  tensors.push_back({"logits", model(inputs)});
  nn::write_safetensors(tensors, paths[0]);
}

void read_network(Paths paths) {
  Rng rng(2);
  const nn::Sequential model = network(rng);
  Tensor inputs = zeros({4, 5}), logits = zeros({4, 3});
  std::vector<Parameter> into = parameters(model);
  into.push_back({"inputs", inputs});
  into.push_back({"logits", logits});
  detail::copy_parameters(nn::read_safetensors(paths[0]), into, paths[0]);
  const std::vector<float> ours = model(inputs).to_vector<float>(), theirs = logits.to_vector<float>();
  for (std::size_t i = 0; i < ours.size(); ++i)
    if (std::abs(ours[i] - theirs[i]) > 1e-6f) fail("logit {}: ours {}, theirs {}", i, ours[i], theirs[i]);
}

}  // namespace retrograd::tests
