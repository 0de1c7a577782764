#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include "../../scratch.h"

namespace retrograd::tests {

namespace {

// A training with all that has state: parameters, running statistics, moments, a generator that shuffles and drops, and
// losses that the program keeps.
struct Job {
  Rng rng;
  nn::Sequential model;
  optim::Optimizer<optim::AdamW> adam{optim::AdamW{.learning_rate = 0.01}};
  Tensor losses = zeros({0});

  explicit Job(std::uint64_t seed)
      : rng(seed), model(nn::Linear{5, 16, rng}, nn::BatchNorm1d{16}, relu, nn::Dropout{0.3}, nn::Linear{16, 3, rng}) {}
  nn::TrainingState parts() { return {{"model", model}, {"adam", adam, model}, {"rng", rng}, {"losses", losses}}; }
  void step() {
    const Tensor x = normal({7, 5}, 0, 1, rng), labels = randint({7}, 0, 3, rng);
    const nn::Training training{rng};
    Tape tape;
    tape.watch(model);
    const Tensor loss = nn::softmax_cross_entropy(model(x), labels);
    adam.step(model, tape.gradients(loss));
    losses = concatenate({losses, reshape(loss, {1})});
  }
  std::string bytes() {
    const ScratchFolder scratch;
    parts().save(scratch.path() / "job");
    return read_file(scratch.path() / "job");
  }
};

}  // namespace

TEST_CASE("a run that was interrupted anywhere goes on bit for bit as one that was not") {
  Job whole(1);
  std::vector<std::string> at;
  for (int step = 0; step < 12; ++step, whole.step()) at.push_back(whole.bytes());
  const std::string end = whole.bytes();
  for (int interrupted = 0; interrupted < 12; ++interrupted) {
    const ScratchFolder scratch;
    const auto file = scratch.write("job", at[static_cast<std::size_t>(interrupted)]);
    Job resumed(2);
    resumed.step();  // what it did before does not matter
    resumed.parts().load(file);
    CHECK(resumed.bytes() == at[static_cast<std::size_t>(interrupted)]);
    for (int step = interrupted; step < 12; ++step) resumed.step();
    CHECK(resumed.bytes() == end);
  }
  CHECK(end != at[11]);
}

}  // namespace retrograd::tests
