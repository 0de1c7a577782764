#include "program.h"

#include <fmt/core.h>
#include <retrograd/core/base/error.h>
#include <retrograd/core/base/text.h>
#include <retrograd/core/base/threads.h>
#include <retrograd/core/base/version.h>
#include <retrograd/core/blas/gemm.h>
#include <retrograd/tools/data/mnist.h>

#include <algorithm>
#include <exception>
#include <numeric>
#include <string>
#include <vector>

#include "../paper/jobs.h"
#include "../paper/options.h"
#include "../paper/training.h"
#include "../report/files.h"
#include "../report/gnuplot.h"
#include "interrupt.h"
#include "progress.h"
#include "results.h"
#include "terminal.h"

namespace retrograd::experiments {
namespace {

constexpr int kFailed = 1, kUsage = 2, kData = 3;

int say(const std::string& sentence, int code) {
  write_stderr("experiments: " + sentence + "\n");
  return code;
}

std::string version_text() {
  const Setting setting = setting_of_engine();
  return fmt::format("experiments, Retrograd {}\nOpenBLAS core {}\nSIMD target {}\n", setting.version,
                     setting.blas_core, setting.simd_target);
}

Data load(const Options& options) {
  tools::MnistSets sets =
      options.dataset == Digits::mnist ? tools::load_mnist(options.data) : tools::load_fashion_mnist(options.data);
  auto [images, labels] = tools::whole(sets.test);
  return {std::move(sets.train), images, labels};
}

void check_out(const Options& options) {
  try {
    prepare_folder(options.out);
  } catch (const OutputError& error) {
    throw UsageError(fmt::format("--out: {}", error.what()));
  }
}

void check_batch_size(const Options& options, const Data& data) {
  const auto images = static_cast<std::int64_t>(data.train.size());
  if (options.configuration.batch_size <= images) return;
  throw UsageError(fmt::format("--batch-size: {} is more than the {} images of the training set",
                               options.configuration.batch_size, images));
}

ProgressStyle style_of(const Options& options) {
  if (stderr_is_live()) return ProgressStyle::live;
  return options.display_every_given ? ProgressStyle::intervals : ProgressStyle::sparse;
}

/// Indices into `outcomes`, the longest jobs first: a long job started last would leave the other cores idle.
std::vector<std::size_t> queue_of(const std::vector<Outcome>& outcomes) {
  std::vector<std::size_t> queue(outcomes.size());
  std::iota(queue.begin(), queue.end(), std::size_t{0});
  std::stable_sort(queue.begin(), queue.end(), [&](std::size_t a, std::size_t b) {
    return relative_cost(*outcomes[a].which) > relative_cost(*outcomes[b].which);
  });
  return queue;
}

std::string job_name(const Outcome& outcome, bool several_seeds) {
  if (!several_seeds) return std::string(outcome.which->name);
  return fmt::format("{} seed {}", outcome.which->name, outcome.seed);
}

/// Trains everything, passing each outcome to `results` as it finishes.
void train_all(const Options& options, const Data& data, Results& results, Progress& progress,
               const std::vector<std::size_t>& queue, const std::atomic<bool>& stop) {
  run_jobs(queue.size(), static_cast<std::size_t>(options.jobs), stop, [&](std::size_t job) {
    const Outcome& place = results.outcomes()[queue[job]];
    Outcome outcome = train(*place.which, place.seed, options.configuration, data, progress.start(job), stop);
    progress.end(job, outcome);
    results.add(queue[job], std::move(outcome));
  });
}

int run(const Options& options) {
  check_out(options);
  set_threads(options.threads);
  const Data data = load(options);
  check_batch_size(options, data);

  Setting setting = setting_of_engine();
  setting.train_images = static_cast<std::int64_t>(data.train.size());
  setting.test_images = data.test_labels.size();
  const std::atomic<bool>& stop = stop_on_signals();
  Progress* shown = nullptr;
  Results results(options, setting, [&](const std::string& sentence) {
    if (shown) return shown->message("experiments: " + sentence);
    say(sentence, kFailed);
  });
  const std::vector<std::size_t> queue = queue_of(results.outcomes());
  std::vector<std::string> names;
  for (std::size_t place : queue) names.push_back(job_name(results.outcomes()[place], options.seeds.size() > 1));
  results.require_drawing();
  {
    Progress progress(names, options.configuration.epochs, iterations_per_epoch(data, options.configuration),
                      style_of(options));
    shown = &progress;
    train_all(options, data, results, progress, queue, stop);
    shown = nullptr;
  }
  if (!stop || results.finished() > 0) {
    results.draw_comparisons();
    print_result(results.text());
    say(fmt::format("results are in {}", detail::shown_path(options.out.string())), 0);
  }
  if (stop) {
    return say(fmt::format("interrupted; {} of {} trainings were finished", results.finished(), queue.size()),
               kInterrupted);
  }
  if (const std::size_t missing = queue.size() - results.finished(); missing > 0) {
    say(fmt::format("{} of {} trainings failed", missing, queue.size()), kFailed);
  }
  return results.trouble() ? kFailed : 0;
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  try {
    exit_on_signals();
    const Options options = parse(argc, argv);
    if (options.help || options.version) {
      print_result(options.help ? help_text() : version_text());
      return 0;
    }
    return run(options);
  } catch (const UsageError& error) {
    return say(std::string(error.what()) + " (see --help)", kUsage);
  } catch (const FileError& error) {
    return say(error.what(), kData);
  } catch (const std::exception& error) {
    return say(error.what(), kFailed);
  }
}

}  // namespace retrograd::experiments
