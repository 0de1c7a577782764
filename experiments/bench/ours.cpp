#include <retrograd/retrograd.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>

#include "../paper/cases.h"
#include "../paper/jobs.h"
#include "../paper/training.h"
#include "contenders.h"

namespace retrograd::bench {
namespace {

/// An endless sequence of batches: reshuffles whenever all samples have been seen.
class Stream {
 public:
  Stream(const tools::Dataset& samples, std::int64_t size) : samples_(samples), size_(size) {}
  tools::Batch next() {
    if (!pass_ || *at_ == pass_->end()) {
      pass_.emplace(tools::batches(samples_, size_, rng_));
      at_.emplace(pass_->begin());
    }
    tools::Batch batch = **at_;
    ++*at_;
    return batch;
  }

 private:
  tools::Dataset samples_;
  std::int64_t size_;
  Rng rng_{7};
  using Pass = decltype(tools::batches(samples_, size_, rng_));
  std::optional<Pass> pass_;
  std::optional<Pass::Iterator> at_;
};

struct Trainer {
  Trainer(const Training& work, const tools::Dataset& samples)
      : mean_square(work.mean_square),
        steps(work.steps),
        stream(samples, work.batch),
        model{work.sizes, work.activation, rng},
        optimizer{optim::Sgd{.learning_rate = 0.1, .momentum = 0.001, .weight_decay = 1e-4}} {}

  void step() {
    auto [inputs, targets] = stream.next();
    Tape tape;
    tape.watch(model);
    const Tensor outputs = model(inputs);
    loss = mean_square ? nn::mse(outputs, targets) : nn::softmax_cross_entropy(outputs, targets);
    optimizer.step(model, tape.gradients(loss));
  }
  void repeat() {
    for (std::int64_t i = 0; i < steps; ++i) step();
    if (!(loss.item<float>() < 10)) throw std::runtime_error("bench: the training diverged");
  }

  bool mean_square;
  std::int64_t steps;
  Stream stream;
  Rng rng{3};
  nn::Mlp model;
  optim::Optimizer<optim::Sgd> optimizer;
  Tensor loss;
};

}  // namespace

Repeat our_training(const Training& work, const tools::Dataset& samples) {
  return [trainer = std::make_shared<Trainer>(work, samples)] { trainer->repeat(); };
}

Repeat our_chain(const Chain& work) {
  const Tensor x = full({work.size}, 0.5), a = full({work.size}, 1.01), b = full({work.size}, 0.01);
  return [=] {
    Tape tape;
    for (const Tensor* variable : {&x, &a, &b}) tape.watch(*variable);
    Tensor y = x;
    for (std::int64_t i = 0; i < work.ops; ++i) y = i % 3 == 0 ? y * a : i % 3 == 1 ? y + b : tanh(y);
    const Gradients gradients = tape.gradients(sum(y));
    if (gradients.size() != 3) throw std::runtime_error("bench: a gradient is missing");
  };
}

namespace {
struct Silent final : experiments::Watcher {
  void displayed(std::int64_t, std::int64_t, double, double) override {}
  void tested(std::int64_t, double, double) override {}
};
}  // namespace

Repeat our_cases(const tools::MnistSets& sets, std::int64_t epochs, std::size_t jobs) {
  auto [images, labels] = tools::whole(sets.test);
  return [=, data = experiments::Data{sets.train, images, labels}] {
    const std::atomic<bool> never{false};
    const experiments::Configuration configuration{.epochs = epochs};
    experiments::run_jobs(experiments::all_cases().size(), jobs, never, [&](std::size_t which) {
      const auto& cases = experiments::all_cases();
      Silent silent;
      const auto outcome = experiments::train(cases[cases.size() - 1 - which], 0, configuration, data, silent, never);
      if (!outcome.finished()) throw std::runtime_error("bench: " + outcome.failure);
    });
  };
}

}  // namespace retrograd::bench
