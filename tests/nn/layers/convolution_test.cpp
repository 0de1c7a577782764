// Layers of images against PyTorch 1.13.1's numbers, for inputs that both sides can make.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {

// sin(a k² + k + 0.1) for k = 0, 1, …
Tensor ramp(const Shape& shape, double a) {
  std::vector<double> values;
  for (int k = 0; k < shape.size(); ++k) values.push_back(std::sin(a * k * k + k + 0.1));
  return tensor(values, shape, float64);
}
Tensor image(const Shape& shape) { return ramp(shape, 0.37); }

template <class Layer>
Layer with_ramps(Layer layer) {
  layer.weight = ramp(layer.weight.shape(), 0.21);
  if (layer.bias.defined()) layer.bias = tensor({0.25, -0.5}, float64);
  return layer;
}

void check_values(const Tensor& y, const Shape& shape, const std::vector<double>& expected) {
  REQUIRE(y.shape() == shape);
  const std::vector<double> found = y.to_vector<double>();
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(std::abs(found[i] - expected[i]) <= 1e-12);
}

}  // namespace

TEST_CASE("Conv2d gives PyTorch's numbers") {
  Rng rng(1);
  const auto layer =
      with_ramps(nn::Conv2d{2, 2, {3, 2}, rng, {.stride = {2, 1}, .padding = {1, 0}, .dilation = {1, 2}, .groups = 2}});
  check_values(layer(image({1, 2, 3, 4})), {1, 2, 2, 2},
               {-0.2708340463873, 1.133516347474, 0.7640953559286, 1.241366648503, -0.5980396691385, -1.654976438016,
                -1.267920114757, -2.681509662128});
}

TEST_CASE("Conv1d gives PyTorch's numbers") {
  Rng rng(1);
  const auto layer = with_ramps(nn::Conv1d{2, 2, 3, rng, {.stride = 2, .padding = 2, .groups = 2}});
  check_values(layer(image({1, 2, 6})), {1, 2, 4},
               {0.2699896434899, 1.136250423883, 0.2366945518659, 1.138408491703, -0.9313320473518, -1.214087915914,
                0.04346801787143, -1.102635794095});
}

TEST_CASE("ConvTranspose2d gives PyTorch's numbers") {
  Rng rng(1);
  const auto layer = with_ramps(
      nn::ConvTranspose2d{2, 2, 2, rng, {.stride = {2, 3}, .padding = {1, 0}, .output_padding = 1, .groups = 2}});
  check_values(layer(image({1, 2, 1, 2})), {1, 2, 1, 6},
               {0.2699896434899, 0.1539889150176, 0.25, 0.4492136873553, -0.7068315851146, 0.25, -0.8770813803138,
                -0.07812578295114, -0.5, -0.3700525688612, -0.6453836588897, -0.5});
  const auto spread = with_ramps(nn::ConvTranspose2d{
      2, 2, 2, rng, {.padding = 1, .output_padding = 1, .dilation = 3, .groups = 2, .bias = false}});
  check_values(spread(image({1, 2, 1, 2})), {1, 2, 3, 4},
               {0, 0, 0, 0, 0, 0, 0, 0, 0.1992136873553, 0, -0.09601108498244, -0.9568315851146,
                0, 0, 0, 0, 0, 0, 0, 0, 0.1299474311388, 0, 0.4218742170489,   -0.1453836588897});
}

TEST_CASE("pooling layers give PyTorch's numbers") {
  const Tensor x = image({1, 1, 4, 5});
  check_values(nn::MaxPool2d{3, {.stride = 2, .padding = 1}}(x), {1, 1, 2, 3},
               {0.9949243497776, 0.9949243497776, 0.9800848175389, 0.9774364114067, 0.5592209077985, 0.9800848175389});
  check_values(nn::MaxPool2d{{2, 3}, {.stride = {2, 1}, .padding = {1, 0}, .dilation = {1, 2}}}(x), {1, 1, 3, 1},
               {0.09983341664683, 0.9800848175389, 0.9545183186105});
  check_values(
      nn::AvgPool2d{3, {.stride = 2, .padding = 1}}(x), {1, 1, 2, 3},
      {0.2902444492703, 0.1899899154597, 0.1024181864072, -0.07406570780145, -0.09463858719968, 0.1442655472152});
  check_values(
      nn::AdaptiveAvgPool2d{{3, 2}}(x), {1, 1, 3, 2},
      {0.3808012641548, 0.09906186986006, 0.2616499451434, 0.207946059227, -0.4371390949059, -0.07942990950068});
  check_values(
      nn::AdaptiveAvgPool2d{{2, 3}}(image({1, 1, 1, 2})), {1, 1, 2, 3},
      {0.09983341664683, 0.5473788832122, 0.9949243497776, 0.09983341664683, 0.5473788832122, 0.9949243497776});
}

TEST_CASE("convolution layers start evenly within the bound of their inputs") {
  Rng rng(1);
  const auto check = [](const auto& layer, double bound) {
    for (const Tensor& start : {layer.weight, layer.bias}) {
      const double most = max(abs(start)).template item<double>();
      CHECK(most <= bound);
      CHECK(most > 0.95 * bound);
      CHECK(std::abs(mean(start).template item<double>()) < 0.1 * bound);
    }
  };
  check(nn::Conv2d{40, 600, {3, 2}, rng, {.groups = 2}}, 1 / std::sqrt(20 * 6));
  check(nn::Conv1d{40, 600, 3, rng, {.groups = 2}}, 1 / std::sqrt(20 * 3));
  check(nn::ConvTranspose2d{40, 600, {3, 2}, rng, {.groups = 2}}, 1 / std::sqrt(300 * 6));
}

TEST_CASE("a layer of convolutions takes an initializer and a dtype") {
  Rng rng(1);
  const nn::Conv2d layer{1, 2, 3, rng, {}, nn::Normal{5, 0}, float64};
  CHECK(layer.weight.to_vector<double>() == std::vector<double>(18, 5));
  CHECK(layer.bias.to_vector<double>() == std::vector<double>(2, 0));
  CHECK(layer.bias.dtype() == float64);
}

TEST_CASE("an error of a watched convolution names its weight") {
  Rng rng(1);
  const nn::Conv2d layer{2, 3, 1, rng};
  Tape tape;
  tape.watch(layer);
  CHECK_THROWS_WITH_AS(
      layer(zeros({1, 5, 4, 4})),
      "conv2d: the 5 channels of x (1, 5, 4, 4) in groups = 1 do not fit the 2 of weight \"weight\" (3, 2, 1, 1)",
      ShapeError);
}

TEST_CASE("a small network of convolutions learns to tell rows from columns") {
  Rng rng(3);
  nn::Sequential model{nn::Conv2d{1, 4, 3, rng, {.padding = 1}},
                       relu,
                       nn::MaxPool2d{2},
                       nn::Residual{nn::Sequential{nn::Conv2d{4, 4, 3, rng, {.padding = 1}}, relu}},
                       nn::AdaptiveAvgPool2d{1},
                       nn::Flatten{},
                       nn::Linear{4, 2, rng}};
  Tensor x = zeros({12, 1, 6, 6}), labels = zeros({12}, int64);
  for (int line = 0; line < 6; ++line) {
    fill(x(line, 0, line), 1);
    fill(x(6 + line, 0, range(0, 6), line), 1);
    fill(labels[6 + line], 1);
  }
  optim::Optimizer adam{optim::Adam{.learning_rate = 0.02}};
  for (int step = 0; step < 100; ++step) {
    Tape tape;
    tape.watch(model);
    adam.step(model, tape.gradients(nn::softmax_cross_entropy(model(x), labels)));
  }
  CHECK(nn::accuracy(model(x), labels) == 1);
}

}  // namespace retrograd::tests
