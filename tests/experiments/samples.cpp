#include "samples.h"

#include <fmt/core.h>

namespace retrograd::tests {

using namespace experiments;

namespace {

tools::Dataset striped(std::int64_t images) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(images) * 784, 40);
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < images; ++i) {
    labels.push_back(i % 10);
    for (std::int64_t x = 0; x < 28; ++x) pixels[static_cast<std::size_t>(i * 784 + (i % 10) * 56 + x)] = 250;
  }
  return {tensor(pixels, {images, 784}, uint8), tensor(labels, {images})};
}

}  // namespace

Outcome finished(const std::string& name, const std::vector<double>& test_accuracy, double seconds,
                 std::uint64_t seed) {
  Outcome outcome;
  outcome.which = find_case(name);
  outcome.seed = seed;
  outcome.state = State::finished;
  outcome.seconds = seconds;
  outcome.curves.test_accuracy = test_accuracy;
  for (const double accuracy : test_accuracy) {
    outcome.curves.test_loss.push_back(1 - accuracy);
    for (int i = 0; i < 10; ++i) {
      outcome.curves.train_loss.push_back(static_cast<float>(1.01 - accuracy));
      outcome.curves.train_accuracy.push_back(static_cast<float>(accuracy));
    }
  }
  outcome.last_train_accuracy = test_accuracy.back() + 0.01;
  return outcome;
}

Outcome failed(const std::string& name, const std::string& why, std::uint64_t seed) {
  Outcome outcome;
  outcome.which = find_case(name);
  outcome.seed = seed;
  outcome.state = State::failed;
  outcome.failure = why;
  return outcome;
}

Data small_data() {
  auto [images, labels] = tools::whole(striped(20));
  return {striped(60), images, labels};
}

void Notes::displayed(std::int64_t epoch, std::int64_t iteration, double loss, double accuracy) {
  lines.push_back(fmt::format("displayed {} {} {} {}", epoch, iteration, loss, accuracy));
}

void Notes::tested(std::int64_t epoch, double loss, double accuracy) {
  lines.push_back(fmt::format("tested {} {} {}", epoch, loss, accuracy));
}

}  // namespace retrograd::tests
