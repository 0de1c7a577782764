// Networks as ONNX files, with inputs and what they make of them.
#include <retrograd/core/compute/creation.h>
#include <retrograd/core/tape/tape.h>
#include <retrograd/nn/base/training.h>
#include <retrograd/nn/layers/activation_layers.h>
#include <retrograd/nn/layers/batch_norm.h>
#include <retrograd/nn/layers/convolution.h>
#include <retrograd/nn/layers/dropout.h>
#include <retrograd/nn/layers/embedding.h>
#include <retrograd/nn/layers/flatten.h>
#include <retrograd/nn/layers/mlp.h>
#include <retrograd/nn/layers/normalization.h>
#include <retrograd/nn/layers/pooling.h>
#include <retrograd/nn/layers/residual.h>
#include <retrograd/nn/losses/losses.h>
#include <retrograd/ops/elementwise/activations.h>
#include <retrograd/ops/elementwise/convert.h>
#include <retrograd/ops/elementwise/rectifiers.h>
#include <retrograd/ops/reduction/reductions.h>
#include <retrograd/ops/reduction/sorting.h>
#include <retrograd/ops/shape/views.h>
#include <retrograd/optim/optimizer.h>
#include <retrograd/tools/data/mnist.h>
#include <retrograd/tools/data/npy.h>
#include <retrograd/tools/onnx/onnx.h>

#include <cstdlib>

#include "commands.h"

namespace retrograd::tests {

namespace {

namespace fs = std::filesystem;
using nn::Sequential;

constexpr std::int64_t kInputs = 1000;

// MNIST where it is on this machine already, else noise of the same shape.
tools::MnistSets images(Rng& rng) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return fs::path(value ? value : "");
  };
  for (const fs::path& folder :
       {variable("RETROGRAD_DATA_DIR") / "mnist", variable("XDG_CACHE_HOME") / "retrograd/mnist",
        variable("HOME") / ".cache/retrograd/mnist"})
    if (fs::exists(folder / "train-images-idx3-ubyte")) return tools::load_mnist(folder);
  const auto noise = [&](std::int64_t count) {
    const Tensor pixels = randint({count, 784}, 0, 256, rng);
    const Tensor parts = reshape(slice(pixels, 1, 0, 780), {count, 10, 78});
    return tools::Dataset{astype(pixels, uint8), argmax(sum(parts, 2), 1)};  // which part is brightest
  };
  return {noise(3 * kInputs), noise(kInputs)};
}

tools::Batch first(const tools::Dataset& set, std::int64_t count, const Shape& image) {
  Shape shape{count};
  for (const std::int64_t size : image) shape.push_back(size);
  const tools::Batch batch = tools::whole({slice(set.inputs, 0, 0, count), slice(set.targets, 0, 0, count)});
  return {reshape(batch.inputs, shape), batch.targets};
}

// NAME.onnx, NAME.inputs.npy and NAME.outputs.npy.
template <class Model>
void write(const fs::path& folder, const std::string& name, const Model& model, const Tensor& inputs,
           const tools::OnnxOptions& options = {}) {
  const Shape shape(std::span(inputs.shape().begin() + 1, inputs.shape().end()));
  tools::export_onnx(model, shape, folder / (name + ".onnx"), options);
  tools::write_npy(inputs, (folder / (name + ".inputs.npy")).string());
  tools::write_npy(model(inputs), (folder / (name + ".outputs.npy")).string());
}

// Some steps, so that neither weights nor running statistics are what they began as.
template <class Model>
void train(Model& model, const tools::Batch& samples, Rng& rng) {
  optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.01, .momentum = 0.9}};
  for (auto [inputs, targets] : tools::batches(samples, 100, rng)) {
    const nn::Training training{rng};
    Tape tape;
    tape.watch(model);
    optimizer.step(model, tape.gradients(nn::softmax_cross_entropy(model(inputs), targets)));
  }
}

Sequential every_layer(Rng& rng) {
  const Sequential inner{nn::Conv2d{6, 6, 3, rng, {.padding = 2, .dilation = 2, .groups = 3}}, nn::BatchNorm2d{6},
                         silu};
  return Sequential{nn::Conv2d{1, 6, {3, 5}, rng, {.stride = {1, 2}, .padding = {1, 2}, .bias = false}},
                    nn::BatchNorm2d{6, {.affine = false}},
                    nn::LeakyRelu{0.1},
                    nn::Residual{inner},
                    nn::AvgPool2d{3, {.stride = 2, .padding = 1}},
                    nn::ConvTranspose2d{6, 4, 3, rng, {.stride = 2, .padding = 1, .output_padding = {1, 0}}},
                    nn::MaxPool2d{3, {.stride = {2, 1}, .padding = 1, .dilation = {1, 2}}},
                    nn::Gelu{},
                    nn::AdaptiveAvgPool2d{{7, 11}},
                    nn::Flatten{2},
                    nn::Linear{77, 12, rng},
                    nn::Gelu{GeluApproximation::tanh},
                    nn::LayerNorm{{4, 12}},
                    nn::Conv1d{4, 8, 3, rng, {.padding = 1}},
                    nn::BatchNorm1d{8},
                    mish,
                    nn::RmsNorm{{12}},
                    nn::Elu{0.5},
                    nn::Flatten{},
                    nn::Dropout{0.3},
                    nn::Residual{nn::Mlp{{96, 20, 96}, nn::Activation::tanh, rng}},
                    selu,
                    hard_sigmoid,
                    nn::BatchNorm1d{96},
                    softplus,
                    softsign,
                    log_sigmoid,
                    nn::Linear{96, 10, rng},
                    nn::LogSoftmax{}};
}

}  // namespace

void write_onnx(Paths paths) {
  Rng rng(1);
  const tools::MnistSets sets = images(rng);
  const auto both = [&](const Shape& image, auto write_one) {
    write_one(first(sets.train, 3 * kInputs, image), first(sets.test, kInputs, image).inputs);
  };
  both({784}, [&](const tools::Batch& samples, const Tensor& inputs) {
    nn::Mlp mlp{{784, 128, 64, 10}, nn::Activation::relu, rng};
    train(mlp, samples, rng);
    write(paths[0], "mlp", mlp, inputs);
    const nn::Mlp wide{{784, 32, 10}, nn::Activation::tanh, rng, nn::FanInUniform{}, float64};
    write(paths[0], "float64", wide, astype(inputs, float64));
  });
  both({1, 28, 28}, [&](const tools::Batch& samples, const Tensor& inputs) {
    Sequential convolutional{
        nn::Conv2d{1, 8, 3, rng, {.padding = 1}}, nn::BatchNorm2d{8}, relu, nn::MaxPool2d{2}, nn::Flatten{},
        nn::Linear{8 * 14 * 14, 10, rng}};
    train(convolutional, samples, rng);
    write(paths[0], "convolutional", convolutional, inputs);
    Sequential layers = every_layer(rng);
    train(layers, samples, rng);
    write(paths[0], "every_layer", layers, inputs);
  });
  const Sequential words{nn::Embedding{20, 6, rng}, nn::Flatten{}, nn::Linear{5 * 6, 10, rng}, nn::Softmax{}};
  write(paths[0], "words", words, randint({kInputs, 5}, 0, 20, rng), {.dtype = int64});
}

}  // namespace retrograd::tests
