// Networks as ONNX files, with images and the logits that they give for them.
#include <retrograd/core/creation.h>
#include <retrograd/core/error.h>
#include <retrograd/core/tape_ops.h>
#include <retrograd/nn/classifier_losses.h>
#include <retrograd/nn/mlp.h>
#include <retrograd/nn/sequential.h>
#include <retrograd/nn/training.h>
#include <retrograd/ops/activations.h>
#include <retrograd/ops/rectifiers.h>
#include <retrograd/ops/views.h>
#include <retrograd/optim/optimizer.h>
#include <retrograd/tools/mnist.h>
#include <retrograd/tools/npy.h>
#include <retrograd/tools/onnx.h>

#include <cstdlib>

#include "commands.h"

namespace retrograd::tests {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kImages = 1000;

// MNIST where it is on this machine already, else images of noise.
tools::MnistSets sets(Rng& rng) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return fs::path(value ? value : "");
  };
  for (const fs::path& folder : {variable("RETROGRAD_DATA_DIR") / "mnist", variable("XDG_CACHE_HOME") / "retrograd/mnist",
                                 variable("HOME") / ".cache/retrograd/mnist"})
    if (fs::exists(folder / "train-images-idx3-ubyte")) return tools::load_mnist(folder);
  const auto noise = [&](std::int64_t images) {
    return tools::Dataset{astype(randint(0, 256, {images, 784}, rng), uint8), randint(0, 10, {images}, rng)};
  };
  return {noise(2 * kImages), noise(kImages)};
}
