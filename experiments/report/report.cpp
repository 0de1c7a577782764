#include "report.h"

#include <fmt/core.h>
#include <retrograd/core/base/version.h>
#include <retrograd/core/blas/gemm.h>

#include "../paper/summary.h"
#include "conclusions.h"
#include "table.h"
#include "wording.h"

namespace retrograd::experiments {
namespace {

std::string how_it_was_run(const Options& options, const Setting& setting) {
  const Configuration& paper = options.configuration;
  std::vector<std::string> seeds;
  for (const std::uint64_t seed : options.seeds) seeds.push_back(std::to_string(seed));
  std::string text = fmt::format(
      "{}, {} train and {} test images. {} {}, batches of {}, learning rate {}, momentum {}, weight decay {},\n{} {}.",
      options.dataset == Digits::mnist ? "MNIST" : "Fashion-MNIST", setting.train_images, setting.test_images,
      paper.epochs, paper.epochs == 1 ? "epoch" : "epochs", paper.batch_size, paper.learning_rate, paper.momentum,
      paper.weight_decay, options.seeds.size() == 1 ? "seed" : "seeds", joined(seeds, ", "));
  if (paper.overrides != Overrides::fused) text += fmt::format(" Overrides {}.", name_of(paper.overrides));
  return text + fmt::format(" {} at a time, {} of the engine; OpenBLAS core {}, SIMD target {}.\n",
                            options.jobs == 1 ? "1 case" : fmt::format("{} cases", options.jobs),
                            options.threads == 1 ? "1 thread" : fmt::format("{} threads", options.threads),
                            setting.blas_core, setting.simd_target);
}

}  // namespace

Setting setting_of_engine() {
  Setting setting;
  setting.version = version();
  setting.blas_core = blas_core();
  setting.simd_target = simd_target();
  return setting;
}

std::string report(const std::vector<Outcome>& outcomes, const Options& options, const Setting& setting) {
  const std::vector<Summary> summaries = summarize(outcomes);
  std::string text = "# The paper's table 3.1, repeated\n\n" + how_it_was_run(options, setting) + "\n" +
                     results_table(summaries, options.dataset) +
                     "\nAccuracy and loss: on the test set, after the last epoch.";
  if (options.seeds.size() > 1) text += " Mean ± standard deviation over the seeds; first and last best epoch.";
  text += "\n";
  for (const Outcome& one : outcomes) {
    if (one.state == State::failed) text += fmt::format("\nFailed: {}.\n", one.failure);
  }
  return text + "\n" + conclusions_text(reexamine(summaries, setting.test_images));
}

}  // namespace retrograd::experiments
