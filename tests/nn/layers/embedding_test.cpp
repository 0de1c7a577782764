#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {

// With the weight sin(0.37 k² + k + 0.1) for k = 0, 1, …
nn::Embedding of_ramp(Rng& rng, const nn::EmbeddingOptions& options) {
  nn::Embedding layer{4, 2, rng, options};
  std::vector<double> values;
  for (int k = 0; k < 8; ++k) values.push_back(std::sin(0.37 * k * k + k + 0.1));
  layer.weight = tensor(values, {4, 2}, float64);
  return layer;
}

void check_values(const Tensor& y, const std::vector<double>& expected) {
  const std::vector<double> found = y.to_vector<double>();
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(std::abs(found[i] - expected[i]) <= 1e-12);
}

}  // namespace

// The numbers are PyTorch 1.13.1's.
TEST_CASE("an Embedding gives PyTorch's rows and gradients, none for the padding") {
  Rng rng(1);
  const nn::Embedding layer = of_ramp(rng, {.padding_idx = 1});
  Tape tape;
  tape.watch(layer);
  const Tensor y = layer(tensor({{3, 1}, {0, 3}}));
  CHECK(y.shape() == Shape{2, 2, 2});
  check_values(y, {0.540005865602, 0.0971055109794, -0.4244979694836, 0.1462878400735, 0.09983341664683,
                   0.9949243497776, 0.540005865602, 0.0971055109794});
  check_values(tape.gradients(sum(square(y)))[layer.weight],
               {0.1996668332937, 1.989848699555, 0, 0, 0, 0, 2.160023462408, 0.3884220439176});
}

TEST_CASE("the gradient of a padding row stays zero at second order") {
  Rng rng(1);
  const nn::Embedding layer = of_ramp(rng, {.padding_idx = 1});
  const auto loss = [](const nn::Embedding& model) { return sum(pow(model(tensor({3, 1, 1, 0})), 3)); };
  const Gradients along = hvp(loss, layer, std::vector<Tensor>{ones({4, 2}, float64)});
  const std::vector<double> w = layer.weight.to_vector<double>();
  check_values(along[layer.weight], {6 * w[0], 6 * w[1], 0, 0, 0, 0, 6 * w[6], 6 * w[7]});
}

TEST_CASE("an Embedding starts with standard normal rows, and a padding row of zeros") {
  Rng rng(1);
  const nn::Embedding layer{200, 50, rng, {.padding_idx = 3}};
  CHECK(sum(abs(layer.weight[3])).item<double>() == 0);
  CHECK(std::abs(mean(layer.weight).item<double>()) < 0.03);
  CHECK(mean(square(layer.weight)).item<double>() == doctest::Approx(0.995).epsilon(0.03));
}

TEST_CASE("an error of a watched Embedding names its weight") {
  Rng rng(1);
  const nn::Embedding layer{4, 2, rng};
  Tape tape;
  tape.watch(layer);
  CHECK_THROWS_WITH_AS(layer(tensor({4})),
                       "Embedding: index 4 at position 0 is outside 0 … 3 for weight \"weight\" (4, 2)", ShapeError);
}

}  // namespace retrograd::tests
