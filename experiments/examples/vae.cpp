// A variational autoencoder on MNIST (Kingma and Welling, 2014): encodes images as points near a 16-dimensional normal
// distribution, and draws new images from it as a picture (vae_samples.png, made by gnuplot).
// Output:
//   epoch 1: 124 nats a test image
//   epoch 2: 115 nats a test image
//   epoch 3: 113 nats a test image
//   epoch 4: 111 nats a test image
//   epoch 5: 110 nats a test image
//   128 new digits are in vae_samples.png
#include <fmt/os.h>
#include <retrograd/retrograd.h>

#include <cstdlib>

namespace rg = retrograd;

constexpr std::int64_t kLatent = 16;

struct Vae {
  rg::nn::Mlp encoder, decoder;
  explicit Vae(rg::Rng& rng)
      : encoder{{784, 256, 2 * kLatent}, rg::nn::Activation::relu, rng},
        decoder{{kLatent, 256, 784}, rg::nn::Activation::relu, rng} {}
  static void fields(auto& self, auto&& visit) {
    visit("encoder", self.encoder);
    visit("decoder", self.decoder);
  }

  // The negative evidence lower bound in nats per image: the reconstruction error, and the distance of the codes from
  // the normal distribution (KL(N(μ, σ²) ‖ N(0, 1)) = ½ Σ (μ² + σ² − ln σ² − 1)).
  rg::Tensor loss(const rg::Tensor& images, rg::Rng& rng) const {
    const rg::Tensor both = encoder(images);
    const rg::Tensor mean = both(rg::range(), rg::range(0, kLatent)),
                     log_variance = both(rg::range(), rg::range(kLatent, 2 * kLatent));
    const rg::Tensor noise = rg::normal(mean.shape(), 0, 1, rng);
    const rg::Tensor rebuilt = decoder(mean + rg::exp(0.5 * log_variance) * noise);
    const rg::Tensor misfit = rg::nn::bce_with_logits(rebuilt, images, {.reduction = rg::nn::Reduction::sum});
    const rg::Tensor distance = 0.5 * rg::sum(rg::square(mean) + rg::exp(log_variance) - log_variance - 1);
    return (misfit + distance) / images.shape()[0];
  }
};

void draw(const rg::Tensor& images) {  // (rows · columns, 784)
  constexpr std::int64_t kRows = 8, kColumns = 16;
  const rg::Tensor grid = rg::reshape(rg::transpose(rg::reshape(images, {kRows, kColumns, 28, 28}), {0, 2, 1, 3}),
                                      {kRows * 28, kColumns * 28});
  const std::vector<float> ink = grid.to_vector<float>();
  auto script = fmt::output_file("vae_samples.gp");
  script.print(
      "set terminal pngcairo size {},{}\nset output 'vae_samples.png'\nunset key\nunset border\nunset tics\n"
      "unset colorbox\nset margins 0,0,0,0\nset palette gray negative\nset yrange [] reverse\n$ink << END\n",
      kColumns * 28 * 2, kRows * 28 * 2);
  for (std::size_t i = 0; i < ink.size(); ++i)
    script.print("{:.3f}{}", ink[i], (i + 1) % (kColumns * 28) == 0 ? "\n" : " ");
  script.print("END\nplot $ink matrix with image pixels\n");
  script.close();
  const bool is_drawn = std::system("gnuplot vae_samples.gp") == 0;
  fmt::print("{}\n",
             is_drawn ? "128 new digits are in vae_samples.png" : "no picture: gnuplot failed or is not installed");
}

int main() {
  const auto [train, test] = rg::tools::load_mnist();
  const rg::Tensor test_images = rg::astype(test.inputs, rg::float32) / 255;
  rg::Rng rng(1);
  Vae model{rng};
  rg::optim::Optimizer adam{rg::optim::Adam{.learning_rate = 2e-3}};
  for (int epoch = 1; epoch <= 5; ++epoch) {
    for (auto [images, labels] : rg::tools::batches(train, 128, rng)) {
      const rg::Tensor pixels = images + 128.0 / 255;  // 0 is paper, 1 is ink
      rg::Tape tape;
      tape.watch(model);
      adam.step(model, tape.gradients(model.loss(pixels, rng)));
    }
    fmt::print("epoch {}: {:.0f} nats a test image\n", epoch, model.loss(test_images, rng).item<float>());
  }
  draw(rg::sigmoid(model.decoder(rg::normal({128, kLatent}, 0, 1, rng))));
}
