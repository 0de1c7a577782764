#include "../../../experiments/paper/training.h"

#include <doctest/doctest.h>

#include <mutex>

#include "../../../experiments/paper/jobs.h"
#include "../../scratch.h"
#include "../samples.h"

using namespace retrograd::experiments;
using namespace retrograd::tests;

namespace {

const std::atomic<bool> kGoOn{false};

Configuration small_configuration() {
  Configuration configuration;
  configuration.epochs = 3;
  configuration.batch_size = 25;  // of 60: two batches and a smaller one
  configuration.display_every = 2;
  return configuration;
}

Outcome trained(const char* name, std::uint64_t seed, const Configuration& configuration, const Data& data) {
  Notes notes;
  return train(*find_case(name), seed, configuration, data, notes, kGoOn);
}

void check_same(const Outcome& a, const Outcome& b) {
  CHECK(a.curves.train_loss == b.curves.train_loss);
  CHECK(a.curves.train_accuracy == b.curves.train_accuracy);
  CHECK(a.curves.test_loss == b.curves.test_loss);
  CHECK(a.curves.test_accuracy == b.curves.test_accuracy);
}

}  // namespace

TEST_CASE("training leaves a point for each iteration and each epoch") {
  const Data data = small_data();
  const Configuration configuration = small_configuration();
  CHECK(iterations_per_epoch(data, configuration) == 3);
  for (const Case& which : all_cases()) {
    Notes notes;
    const Outcome outcome = train(which, 1, configuration, data, notes, kGoOn);
    CHECK(outcome.state == State::finished);
    CHECK(outcome.curves.train_loss.size() == 9);
    CHECK(outcome.curves.train_accuracy.size() == 9);
    CHECK(outcome.curves.test_loss.size() == 3);
    CHECK(outcome.curves.test_accuracy.size() == 3);
    // Small weights: the first loss is that of outputs near nought.
    CHECK(outcome.curves.train_loss[0] == doctest::Approx(which.loss == Loss::euclidean ? 0.5 : 2.303).epsilon(0.15));
    REQUIRE(notes.lines.size() == 7);
    CHECK(notes.lines[0].rfind("displayed 1 2 ", 0) == 0);
    CHECK(notes.lines[1].rfind("tested 1 ", 0) == 0);
    CHECK(notes.lines[2].rfind("displayed 2 4 ", 0) == 0);
  }
}

TEST_CASE("the display shows means since the last one") {
  const Data data = small_data();
  Notes notes;
  const Outcome outcome = train(*find_case("1RS"), 1, small_configuration(), data, notes, kGoOn);
  const auto& curves = outcome.curves;
  CHECK(notes.lines[2] == fmt::format("displayed 2 4 {} {}",
                                      (double(curves.train_loss[2]) + double(curves.train_loss[3])) / 2,
                                      (double(curves.train_accuracy[2]) + double(curves.train_accuracy[3])) / 2));
}

TEST_CASE("a learnable set is learned") {
  Configuration configuration = small_configuration();
  configuration.epochs = 60;
  configuration.batch_size = 10;
  CHECK(trained("1RS", 0, configuration, small_data()).accuracy() == 1.0);
}

TEST_CASE("a seed means one result, whatever else runs and on however many threads") {
  const Data data = small_data();
  const Configuration configuration = small_configuration();
  const Outcome alone = trained("2RS", 5, configuration, data);
  check_same(trained("2RS", 5, configuration, data), alone);
  CHECK(trained("2RS", 6, configuration, data).curves.train_loss != alone.curves.train_loss);

  const int before = retrograd::threads();
  for (int threads : {1, 2, 3}) {
    retrograd::set_threads(threads);
    std::vector<Outcome> together(6);
    run_jobs(together.size(), 3, kGoOn, [&](std::size_t i) { together[i] = trained("2RS", 5, configuration, data); });
    for (const Outcome& one : together) check_same(one, alone);
  }
  retrograd::set_threads(before);
}

TEST_CASE("composed, fused and checked overrides train alike") {
  const Data data = small_data();
  Configuration configuration = small_configuration();
  for (const char* name : {"1RE", "1SS", "2SE", "2RS"}) {
    configuration.overrides = Overrides::fused;
    const Outcome fused = trained(name, 0, configuration, data);
    for (Overrides overrides : {Overrides::composed, Overrides::checked}) {
      configuration.overrides = overrides;
      const Outcome other = trained(name, 0, configuration, data);
      REQUIRE(other.finished());
      for (std::size_t i = 0; i < 9; ++i) {
        CHECK(other.curves.train_loss[i] == doctest::Approx(fused.curves.train_loss[i]).epsilon(1e-5));
      }
    }
  }
}

TEST_CASE("a loss that is no longer finite fails its case by epoch and iteration") {
  Configuration configuration = small_configuration();
  configuration.learning_rate = 1e30;
  const Outcome outcome = trained("2RE", 7, configuration, small_data());
  CHECK(outcome.state == State::failed);
  CHECK(holds(outcome.failure, {"2RE, seed 7: the loss is ", " at epoch 1, iteration 2"}));
  CHECK(outcome.curves.train_loss.size() == 1);
}

TEST_CASE("a test loss that is not finite fails its case even after the last iteration") {
  Configuration configuration = small_configuration();
  configuration.learning_rate = 1e30;
  configuration.batch_size = 60;
  configuration.epochs = 1;
  const Outcome outcome = trained("1RE", 0, configuration, small_data());
  CHECK(outcome.state == State::failed);
  CHECK(holds(outcome.failure, {"1RE, seed 0: the test loss is ", " at epoch 1, iteration 1"}));
}

TEST_CASE("a stop leaves the outcome unfinished") {
  const std::atomic<bool> stop{true};
  Notes notes;
  CHECK(train(*find_case("1RE"), 0, small_configuration(), small_data(), notes, stop).state == State::unfinished);
}

TEST_CASE("jobs run once each, in order, and not after a stop") {
  std::mutex mutex;
  std::vector<std::size_t> order;
  std::atomic<bool> stop{false};
  run_jobs(5, 1, stop, [&](std::size_t i) {
    const std::lock_guard lock(mutex);
    order.push_back(i);
    if (i == 2) stop = true;
  });
  CHECK(order == std::vector<std::size_t>{0, 1, 2});
  std::atomic<int> ran{0};
  CHECK_THROWS_AS(run_jobs(4, 2, kGoOn,
                           [&](std::size_t i) {
                             ++ran;
                             if (i == 0) throw std::runtime_error("one");
                           }),
                  std::runtime_error);
  CHECK(ran == 4);
}
