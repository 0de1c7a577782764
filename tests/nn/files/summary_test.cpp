#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

namespace retrograd::tests {

namespace {

struct Scale {
  Tensor scale = ones({3});
  Buffer mean{zeros({3}, float64)}, steps{zeros({}, int64)};
  static void fields(auto& self, auto&& visit) {
    visit("scale", self.scale);
    visit("mean", self.mean);
    visit("steps", self.steps);
  }
};

}  // namespace

TEST_CASE("a summary has a line for each parameter and the totals") {
  Rng rng(1);
  const nn::Mlp model{{784, 100, 10}, nn::Activation::relu, rng};
  CHECK(nn::summary(model) ==
        "name             shape       dtype    elements\n"
        "layers.0.weight  (100, 784)  float32     78400\n"
        "layers.0.bias    (100,)      float32       100\n"
        "layers.1.weight  (10, 100)   float32      1000\n"
        "layers.1.bias    (10,)       float32        10\n"
        "79510 parameters, 311 KiB");
}

TEST_CASE("a summary widens its columns to what stands in them") {
  const std::vector<Tensor> model = {zeros({}), zeros({10, 10, 10, 10, 10, 10, 10, 0}),
                                     broadcast_to(zeros({}), {40, 50000, 500})};
  CHECK(nn::summary(model) ==
        "name  shape                            dtype      elements\n"
        "0     ()                               float32           1\n"
        "1     (10, 10, 10, 10, 10, 10, 10, 0)  float32           0\n"
        "2     (40, 50000, 500)                 float32  1000000000\n"
        "1000000001 parameters, 3.73 GiB");
}

TEST_CASE("a summary lists and counts a tensor that stands in two places once") {
  Rng rng(1);
  std::vector<nn::Linear> model(2, nn::Linear{2, 3, rng});
  model[1].bias = zeros({3});
  CHECK(nn::summary(model) ==
        "name      shape   dtype    elements\n"
        "0.weight  (3, 2)  float32         6\n"
        "0.bias    (3,)    float32         3\n"
        "1.bias    (3,)    float32         3\n"
        "12 parameters, 48 B");
}

TEST_CASE("a summary marks buffers and counts them apart") {
  CHECK(nn::summary(Scale{}) ==
        "name   shape  dtype    elements\n"
        "scale  (3,)   float32         3\n"
        "mean   (3,)   float64         3  buffer\n"
        "steps  ()     int64           1  buffer\n"
        "3 parameters, 12 B; buffers: 4 elements, 32 B");
}

}  // namespace retrograd::tests
