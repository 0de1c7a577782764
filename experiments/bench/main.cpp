// Measures this engine against the floor of its own matrix products: see README.md.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cxxopts.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "measure.h"

namespace retrograd::bench {
namespace {

struct Options {
  std::vector<std::string> only;
  std::vector<int> threads;
  int rounds = 7;
  std::filesystem::path data;
  bool json = false;
  std::int64_t cases = 0;  // epochs of the paper's cases; 0 to skip them
};

/// Prints each result at once as a line, or all of them at the end as JSON.
class Report {
 public:
  explicit Report(bool json) : json_(json) {
    if (!json_) fmt::print("workload, threads, ours, floor, ratio, unit, core, spread of the floor\n");
  }
  void add(std::string_view workload, int threads, const Measured& measured, double scale, std::string_view unit) {
    const double ours = measured.ours * scale;
    if (json_) {
      nlohmann::json line = {{"workload", workload}, {"threads", threads}, {"ours", ours},       {"floor", nullptr},
                             {"ratio", nullptr},     {"unit", unit},       {"core", blas_core()}};
      if (measured.floor) {
        line["floor"] = *measured.floor * scale;
        line["ratio"] = measured.ours / *measured.floor;
      }
      lines_.push_back(line);
      return;
    }
    const std::string floor =
        measured.floor ? fmt::format("{:.5g}, {:.3f}", *measured.floor * scale, measured.ours / *measured.floor)
                       : "-, -";
    fmt::print("{}, {}, {:.5g}, {}, {}, {}, {:.0f} %\n", workload, threads, ours, floor, unit, blas_core(),
               100 * measured.floor_spread);
    std::fflush(stdout);
  }
  void finish() const {
    if (json_) fmt::print("{}\n", lines_.dump(2));
  }

 private:
  bool json_;
  nlohmann::json lines_ = nlohmann::json::array();
};

bool wanted(const Options& options, std::string_view name) {
  if (options.only.empty()) return options.cases == 0;  // the cases run on their own
  return std::find(options.only.begin(), options.only.end(), name) != options.only.end();
}

void run(const Options& options) {
  Report report(options.json);
  for (int threads : options.threads) {
    set_threads(threads);
    for (const Training& work : trainings()) {
      if (!wanted(options, work.name)) continue;
      const std::int64_t floor_steps = std::max<std::int64_t>(work.steps / 3, 1);
      report.add(work.name, threads,
                 measure(our_training(work, samples_for(work, options.data)), floor_of(work, floor_steps, threads),
                         static_cast<double>(work.steps) / static_cast<double>(floor_steps), options.rounds),
                 work.scale, work.unit);
    }
    for (const Chain& work : chains())
      if (wanted(options, work.name))
        report.add(work.name, threads, measure(our_chain(work), {}, 1, 5 * options.rounds),
                   1e9 / static_cast<double>(work.ops), "ns/op");
  }
  if (options.cases > 0) {
    constexpr std::size_t kJobs = 2;
    set_threads(1);
    const Measured measured = measure(our_cases(tools::load_mnist(options.data), options.cases, kJobs),
                                      floor_of_cases(options.cases, kJobs), 1, options.rounds);
    report.add("cases", kJobs, measured, 1, "s");
  }
  report.finish();
}

Options parse(int argc, const char* const* argv) {
  cxxopts::Options line("bench", "Times this engine and the floor of its matrix products side by side.\n");
  line.add_options()("only", "Workloads, separated by commas: W1,W2,W3b1,W3b10,W3b1000,W4,W5,W6vec16,W6scalar",
                     cxxopts::value<std::vector<std::string>>())(
      "threads", "Numbers of threads to run with, separated by commas",
      cxxopts::value<std::vector<int>>()->default_value("1,2"))("rounds", "Number of rounds; the median is reported",
                                                                cxxopts::value<int>()->default_value("7"))(
      "data", "Folder of the four MNIST files (default: the usual places)",
      cxxopts::value<std::string>()->default_value(""))(
      "cases",
      "Time this many epochs of the paper's eight cases as two parallel jobs (only these, unless --only is given)",
      cxxopts::value<std::int64_t>())("json", "Print a list of {workload, threads, ours, floor, ratio, unit, core}")(
      "help", "Print this");
  const auto given = line.parse(argc, argv);
  if (given.count("help")) {
    fmt::print("{}", line.help());
    std::exit(0);
  }
  Options options;
  if (given.count("only")) options.only = given["only"].as<std::vector<std::string>>();
  for (const std::string& name : options.only) {
    const bool known = std::ranges::any_of(trainings(), [&](const Training& one) { return one.name == name; }) ||
                       std::ranges::any_of(chains(), [&](const Chain& one) { return one.name == name; });
    if (!known) detail::fail("--only: unknown workload \"{}\"", name);
  }
  if (given.count("cases")) {
    options.cases = given["cases"].as<std::int64_t>();
    if (options.cases < 1) detail::fail("--cases: must be positive, got {}", options.cases);
  }
  options.threads = given["threads"].as<std::vector<int>>();
  options.rounds = given["rounds"].as<int>();
  if (options.rounds < 1) detail::fail("--rounds: must be positive, got {}", options.rounds);
  options.data = given["data"].as<std::string>();
  options.json = given.count("json") > 0;
  return options;
}

}  // namespace
}  // namespace retrograd::bench

int main(int argc, char** argv) {
  try {
    retrograd::bench::run(retrograd::bench::parse(argc, argv));
    return 0;
  } catch (const retrograd::Error& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 2;
  } catch (const cxxopts::exceptions::exception& error) {
    fmt::print(stderr, "bench: {} (see --help)\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 1;
  }
}
