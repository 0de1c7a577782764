// Named tensors and the weights of a network, for readers and writers of safetensors; and npy files from one to
// another.
#include <retrograd/core/base/error.h>
#include <retrograd/core/compute/creation.h>
#include <retrograd/core/tensor/format.h>
#include <retrograd/nn/files/safetensors.h>
#include <retrograd/nn/files/state_file.h>
#include <retrograd/nn/layers/linear.h>
#include <retrograd/nn/layers/sequential.h>
#include <retrograd/ops/elementwise/activations.h>
#include <retrograd/ops/shape/views.h>
#include <retrograd/tools/data/npy.h>

#include <cmath>
#include <map>

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
  nn::write_safetensors(tensors, paths[0], {{"format", "pt"}, {"größe", "a \"quoted\" \\ line\n"}});
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
  nn::Sequential model = network(rng);
  if (const nn::LoadReport report = nn::load_partial(model, paths[0]); !report.missing.empty())
    detail::fail("not in {}: {}", paths[0].string(), report.missing[0]);
  std::map<std::string, Tensor> read;
  for (const Parameter& one : nn::read_safetensors(paths[0]).tensors) read[one.name] = one.tensor;
  const std::vector<float> ours = model(read["inputs"]).to_vector<float>(), theirs = read["logits"].to_vector<float>();
  if (ours.size() != theirs.size()) detail::fail("logits: ours {}, theirs {}", ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i)
    if (!(std::abs(ours[i] - theirs[i]) <= 1e-6f)) detail::fail("logit {}: ours {}, theirs {}", i, ours[i], theirs[i]);
}

void copy_npy(Paths paths) { tools::write_npy(tools::read_npy(paths[0]), paths[1]); }

}  // namespace retrograd::tests
