#include "workloads.h"

namespace retrograd::bench {

const std::vector<Training>& trainings() {
  using enum nn::Activation;
  static const std::vector<Training> kTrainings{
      {"W1", {784, 128, 10}, relu, 100, false, 600, "s/epoch", 1},
      {"W2", {784, 128, 64, 10}, sigmoid, 100, false, 600, "s/epoch", 1},
      {"W3b1", {784, 128, 10}, relu, 1, false, 5000, "µs/step", 1e6 / 5000},
      {"W3b10", {784, 128, 10}, relu, 10, false, 3000, "µs/step", 1e6 / 3000},
      {"W3b1000", {784, 128, 10}, relu, 1000, false, 60, "µs/step", 1e6 / 60},
      {"W4", {2, 8, 1}, tanh, 4, true, 20000, "µs/step", 1e6 / 20000},
      {"W5", {1024, 2048, 2048, 10}, relu, 512, false, 4, "ms/step", 1e3 / 4},
  };
  return kTrainings;
}

const std::vector<Chain>& chains() {
  static const std::vector<Chain> kChains{{"W6vec16", 16, 10000}, {"W6scalar", 1, 10000}};
  return kChains;
}

namespace {

tools::Dataset random_bytes(std::int64_t count, std::int64_t width) {
  Rng rng(1);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count * width));
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng.bits() & 255);
  std::vector<std::int64_t> classes(static_cast<std::size_t>(count));
  for (std::int64_t& one : classes) one = static_cast<std::int64_t>(rng.below(10));
  return {tensor(bytes, {count, width}), tensor(classes, {count})};
}

}  // namespace

tools::Dataset samples_for(const Training& work, const std::filesystem::path& mnist) {
  if (work.sizes.front() == 784) return tools::load_mnist(mnist).train;
  if (work.sizes.front() == 2)
    return {tensor(std::vector<std::uint8_t>{0, 0, 0, 255, 255, 0, 255, 255}, {4, 2}),
            tensor({{0.0}, {1.0}, {1.0}, {0.0}})};
  return random_bytes(4096, work.sizes.front());
}

}  // namespace retrograd::bench
