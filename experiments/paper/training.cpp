#include "training.h"

#include <fmt/core.h>
#include <retrograd/retrograd.h>

#include <chrono>
#include <cmath>
#include <exception>
#include <numeric>
#include <stdexcept>

namespace retrograd::experiments {
namespace {

/// The loss is NaN or infinite.
struct Divergence : std::runtime_error {
  using std::runtime_error::runtime_error;
};

double finite(const char* which, double loss) {
  if (!std::isfinite(loss)) throw Divergence(fmt::format("the {} is {}", which, loss));
  return loss;
}

OverrideMode mode_of(Overrides overrides) {
  switch (overrides) {
    case Overrides::composed:
      return OverrideMode::composed;
    case Overrides::checked:
      return OverrideMode::checked;
    case Overrides::fused:
      break;
  }
  return OverrideMode::fused;
}

nn::Activation activation_of(const Case& which) {
  return which.activation == Activation::relu ? nn::Activation::relu : nn::Activation::sigmoid;
}

class Training {
 public:
  Training(const Case& which, std::uint64_t seed, const Configuration& configuration, const Data& data)
      : which_(which),
        configuration_(configuration),
        data_(data),
        rng_(seed),
        model_{layer_sizes(which), activation_of(which), rng_, nn::Normal{0.0, 0.01}},
        optimizer_{optim::Sgd{.learning_rate = configuration.learning_rate,
                              .momentum = configuration.momentum,
                              .weight_decay = configuration.weight_decay}} {}

  /// Whether all epochs were run.
  bool run(Watcher& watcher, const std::atomic<bool>& stop) {
    for (epoch_ = 1; epoch_ <= configuration_.epochs; ++epoch_) {
      for (auto [images, labels] : tools::batches(data_.train, configuration_.batch_size, rng_)) {
        if (stop.load(std::memory_order_relaxed)) return false;
        ++iteration_;
        step(images, labels);
        if (iteration_ % configuration_.display_every == 0) display(watcher);
      }
      test(watcher);
    }
    return true;
  }

  Curves curves;

  /// "epoch 3, iteration 1207", appended to a failure.
  std::string place() const { return fmt::format("epoch {}, iteration {}", epoch_, iteration_); }

 private:
  Tensor loss(const Tensor& outputs, const Tensor& labels) const {
    return which_.loss == Loss::euclidean ? nn::euclidean(outputs, labels) : nn::softmax_cross_entropy(outputs, labels);
  }

  void step(const Tensor& images, const Tensor& labels) {
    Tape tape;
    tape.watch(model_);
    const Tensor outputs = model_(images);
    const Tensor batch_loss = loss(outputs, labels);
    const auto value = batch_loss.item<float>();
    finite("loss", static_cast<double>(value));
    optimizer_.step(model_, tape.gradients(batch_loss));
    curves.train_loss.push_back(value);
    curves.train_accuracy.push_back(static_cast<float>(nn::accuracy(outputs, labels)));
  }

  void test(Watcher& watcher) {
    const Tensor outputs = model_(data_.test_images);
    const double value = finite("test loss", loss(outputs, data_.test_labels).item<double>());
    const double accuracy = nn::accuracy(outputs, data_.test_labels);
    curves.test_loss.push_back(value);
    curves.test_accuracy.push_back(accuracy);
    watcher.tested(epoch_, value, accuracy);
  }

  void display(Watcher& watcher) const {
    const auto recent = static_cast<std::ptrdiff_t>(configuration_.display_every);
    const auto mean = [recent](const std::vector<float>& curve) {
      return std::accumulate(curve.end() - recent, curve.end(), 0.0) / static_cast<double>(recent);
    };
    watcher.displayed(epoch_, iteration_, mean(curves.train_loss), mean(curves.train_accuracy));
  }

  const Case& which_;
  const Configuration& configuration_;
  const Data& data_;
  Rng rng_;
  nn::Mlp model_;
  optim::Optimizer<optim::Sgd> optimizer_;
  std::int64_t epoch_ = 1, iteration_ = 0;
};

double last_epoch_mean(const std::vector<float>& curve, std::int64_t iterations) {
  return std::accumulate(curve.end() - static_cast<std::ptrdiff_t>(iterations), curve.end(), 0.0) /
         static_cast<double>(iterations);
}

}  // namespace

std::int64_t iterations_per_epoch(const Data& data, const Configuration& configuration) {
  const auto images = static_cast<std::int64_t>(data.train.size());
  return (images + configuration.batch_size - 1) / configuration.batch_size;
}

Outcome train(const Case& which, std::uint64_t seed, const Configuration& configuration, const Data& data,
              Watcher& watcher, const std::atomic<bool>& stop) {
  const auto start = std::chrono::steady_clock::now();
  const OverrideScope scope{mode_of(configuration.overrides)};
  Training training(which, seed, configuration, data);
  Outcome outcome;
  outcome.which = &which;
  outcome.seed = seed;
  try {
    outcome.state = training.run(watcher, stop) ? State::finished : State::unfinished;
    if (outcome.finished()) {
      outcome.last_train_accuracy =
          last_epoch_mean(training.curves.train_accuracy, iterations_per_epoch(data, configuration));
    }
  } catch (const std::exception& error) {
    outcome.state = State::failed;
    outcome.failure = fmt::format("{}, seed {}: {} at {}", which.name, seed, error.what(), training.place());
  }
  outcome.curves = std::move(training.curves);
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return outcome;
}

}  // namespace retrograd::experiments
