#include "curves.h"

#include <fmt/core.h>

#include "files.h"

namespace retrograd::experiments {
namespace {

template <class T>
std::string csv(const char* heading, const std::vector<T>& loss, const std::vector<T>& accuracy) {
  std::string text;
  text += fmt::format("{},loss,accuracy\n", heading);
  for (std::size_t i = 0; i < loss.size(); ++i) text += fmt::format("{},{},{}\n", i + 1, loss[i], accuracy[i]);
  return text;
}

}  // namespace

std::string file_stem(const Outcome& outcome, bool several_seeds) {
  if (!several_seeds) return std::string(outcome.which->name);
  return fmt::format("{}_seed{}", outcome.which->name, outcome.seed);
}

std::string train_csv(const Curves& curves) { return csv("iteration", curves.train_loss, curves.train_accuracy); }

std::string test_csv(const Curves& curves) { return csv("epoch", curves.test_loss, curves.test_accuracy); }

void write_curves(const std::filesystem::path& folder, const Outcome& outcome, bool several_seeds) {
  const std::string stem = file_stem(outcome, several_seeds);
  write_file(folder / (stem + "_train.csv"), train_csv(outcome.curves));
  write_file(folder / (stem + "_test.csv"), test_csv(outcome.curves));
}

}  // namespace retrograd::experiments
