// A convolutional network that classifies small noisy drawings: a horizontal bar, a vertical bar, a cross or a ring at
// a random position in a 16 × 16 image.
// Output:
//   name                   shape          dtype    elements
//   0.weight               (8, 1, 3, 3)   float32        72
//   0.bias                 (8,)           float32         8
//   1.weight               (8,)           float32         8
//   1.bias                 (8,)           float32         8
//   1.running_mean         (8,)           float32         8  buffer
//   1.running_var          (8,)           float32         8  buffer
//   1.num_batches_tracked  ()             int64           1  buffer
//   4.weight               (16, 8, 3, 3)  float32      1152
//   4.bias                 (16,)          float32        16
//   5.weight               (16,)          float32        16
//   5.bias                 (16,)          float32        16
//   5.running_mean         (16,)          float32        16  buffer
//   5.running_var          (16,)          float32        16  buffer
//   5.num_batches_tracked  ()             int64           1  buffer
//   9.weight               (4, 256)       float32      1024
//   9.bias                 (4,)           float32         4
//   2324 parameters, 9.08 KiB; buffers: 50 elements, 208 B
//   accuracy on 1,000 unseen drawings: above 98 %
#include <fmt/core.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace rg = retrograd;

// n drawings (n, 1, 16, 16) and their classes (n).
std::pair<rg::Tensor, rg::Tensor> drawings(std::int64_t n, rg::Rng& rng) {
  rg::Tensor images = 0.3 * rg::normal({n, 1, 16, 16}, 0, 1, rng), kinds = rg::randint({n}, 0, 4, rng);
  float* pixel = images.mutable_data<float>();
  const auto* kind = kinds.data<std::int64_t>();
  for (std::int64_t i = 0; i < n; ++i, pixel += 256) {
    const auto x = 4 + static_cast<int>(rng.below(8)), y = 4 + static_cast<int>(rng.below(8));
    for (int dy = -3; dy <= 3; ++dy)
      for (int dx = -3; dx <= 3; ++dx) {
        const bool flat = dy == 0, upright = dx == 0, ring = std::abs(dx) == 3 || std::abs(dy) == 3;
        const bool drawn = kind[i] == 0 ? flat : kind[i] == 1 ? upright : kind[i] == 2 ? flat || upright : ring;
        if (drawn) pixel[(y + dy) * 16 + x + dx] += 1;
      }
  }
  return {images, kinds};
}

int main() {
  rg::Rng rng(1);
  const auto [images, kinds] = drawings(2000, rng);
  const auto [unseen, their_kinds] = drawings(1000, rng);

  rg::nn::Sequential model{rg::nn::Conv2d{1, 8, 3, rng, {.padding = 1}},
                           rg::nn::BatchNorm2d{8},
                           rg::relu,
                           rg::nn::MaxPool2d{2},
                           rg::nn::Conv2d{8, 16, 3, rng, {.padding = 1}},
                           rg::nn::BatchNorm2d{16},
                           rg::relu,
                           rg::nn::MaxPool2d{2},
                           rg::nn::Flatten{},
                           rg::nn::Linear{256, 4, rng}};
  fmt::print("{}\n", rg::nn::summary(model));

  rg::optim::Optimizer adam{rg::optim::Adam{.learning_rate = 5e-3}};
  for (int epoch = 1; epoch <= 10; ++epoch) {
    for (auto [batch, labels] : rg::tools::batches({images, kinds}, 50, rng)) {
      const rg::nn::Training training{rng};
      rg::Tape tape;
      tape.watch(model);
      adam.step(model, tape.gradients(rg::nn::softmax_cross_entropy(model(batch), labels)));
    }
  }
  fmt::print("accuracy on 1,000 unseen drawings: {}\n",
             rg::nn::accuracy(model(unseen), their_kinds) > 0.98 ? "above 98 %" : "low");
}
