#include "options.h"

#include <fmt/core.h>
#include <retrograd/core/base/text.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cxxopts.hpp>
#include <string_view>
#include <thread>

namespace retrograd::experiments {
namespace {

using detail::shown;

constexpr int kMost = 1024;  // jobs and threads: more than any machine needs, too few to exhaust one
constexpr const char* kExperiment = "Experiment";
constexpr const char* kTraining = "Training (the paper's configuration)";
constexpr const char* kRunning = "Running";
constexpr const char* kOther = "Other";
constexpr const char* kCasesHelp =
    "Cases, separated by commas: hidden layers (1, 2), ReLU or Sigmoid (R, S), Euclidean loss or Softmax cross-entropy "
    "(E, S)";
constexpr const char* kDataHelp =
    "Folder that holds the data set's four files (default: the usual places, then a download)";
constexpr const char* kDisplayHelp =
    "Iterations over which the shown train loss and accuracy are averaged. On a terminal a live display shows them; "
    "elsewhere each case prints them, at these intervals if the option is given, else ten times in all";

template <class... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) {
  throw UsageError(fmt::format(format, std::forward<Args>(args)...));
}

/// Parses all of `text` as a number; errors name the option.
template <class T>
T number(std::string_view option, std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) {
    refuse("--{}: \"{}\" is not a {}number", option, shown(text), std::is_integral_v<T> ? "whole " : "");
  }
  if (error != std::errc()) refuse("--{}: {} is out of range", option, shown(text));
  return value;
}

/// An integer from `least` to `most`.
template <class T>
T count(std::string_view option, std::string_view text, T least, T most) {
  const T value = number<T>(option, text);
  if (value < least || value > most) {
    refuse("--{}: {} is out of range, expected {} to {}", option, text, least, most);
  }
  return value;
}

/// A finite number, 0 or greater.
double factor(std::string_view option, std::string_view text) {
  const auto value = number<double>(option, text);
  if (!(value >= 0 && std::isfinite(value))) refuse("--{}: {} is not a finite nonnegative number", option, shown(text));
  return value;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t comma; (comma = text.find(',')) != std::string_view::npos; text.remove_prefix(comma + 1)) {
    parts.push_back(text.substr(0, comma));
  }
  parts.push_back(text);
  return parts;
}

std::vector<const Case*> parse_cases(std::string_view text) {
  std::vector<const Case*> cases;
  for (std::string_view name : split(text)) {
    const Case* found = find_case(name);
    if (!found) {
      std::string known;
      for (const Case& one : all_cases()) known += (known.empty() ? "" : ",") + std::string(one.name);
      refuse("--cases: unknown case \"{}\"; the cases are {}", shown(name), known);
    }
    if (std::find(cases.begin(), cases.end(), found) != cases.end()) refuse("--cases: {} is listed twice", name);
    cases.push_back(found);
  }
  std::sort(cases.begin(), cases.end());  // pointers into one array: the table's order
  return cases;
}

std::vector<std::uint64_t> parse_seeds(std::string_view text) {
  std::vector<std::uint64_t> seeds;
  for (std::string_view part : split(text)) {
    const auto seed = number<std::uint64_t>("seeds", part);
    if (std::find(seeds.begin(), seeds.end(), seed) != seeds.end()) refuse("--seeds: {} is listed twice", seed);
    seeds.push_back(seed);
  }
  return seeds;
}

Overrides parse_overrides(std::string_view text) {
  for (Overrides one : {Overrides::fused, Overrides::composed, Overrides::checked}) {
    if (text == name_of(one)) return one;
  }
  refuse("--overrides: \"{}\" is not one of fused, composed, checked", shown(text));
}

Digits parse_dataset(std::string_view text) {
  for (Digits one : {Digits::mnist, Digits::fashion}) {
    if (text == name_of(one)) return one;
  }
  refuse("--dataset: \"{}\" is neither mnist nor fashion", shown(text));
}

int cores() { return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMost); }

// Values are read as text, because cxxopts would accept "0.1x" as 0.1 and does not name the option in its errors.
cxxopts::Options command_line() {
  const auto text = [](const auto& by_default) {
    return cxxopts::value<std::string>()->default_value(fmt::format("{}", by_default));
  };
  const auto optional = cxxopts::value<std::string>();
  const auto flag = cxxopts::value<bool>();
  const Configuration paper;
  cxxopts::Options line("experiments",
                        "Repeats the eight MNIST experiments of Y. Luo, \"MNIST Digits Classification "
                        "with MLP\" (2019).\nResults go to stdout and to the --out folder, progress and "
                        "messages to stderr.\n");
  line.custom_help("[options]");
  line.set_width(100);
  line.add_options(kExperiment,
                   {
                       {"cases", kCasesHelp, text("1RE,1SE,1RS,1SS,2RE,2SE,2RS,2SS"), "LIST"},
                       {"seeds", "Seeds, separated by commas; several give mean ± standard deviation", text(0), "LIST"},
                       {"dataset", "mnist, or fashion (Fashion-MNIST)", text("mnist"), "NAME"},
                       {"data", kDataHelp, optional, "FOLDER"},
                       {"overrides", "fused kernels, the composed definitions, or checked: both, compared at each call",
                        text("fused"), "MODE"},
                   });
  line.add_options(kTraining,
                   {
                       {"epochs", "Passes over the training set", text(paper.epochs), "N"},
                       {"learning-rate", "Step size", text(paper.learning_rate), "X"},
                       {"weight-decay", "Factor of each weight and bias that is added to its gradient",
                        text(paper.weight_decay), "X"},
                       {"momentum", "Factor of the previous step that is added, below 1", text(paper.momentum), "X"},
                       {"batch-size", "Images per iteration", text(paper.batch_size), "N"},
                       {"display-every", kDisplayHelp, text(paper.display_every), "N"},
                   });
  line.add_options(
      kRunning, {
                    {"jobs", "Cases trained at the same time (default: one per core)", optional, "N"},
                    {"threads", "Threads of the engine; results depend on neither this nor --jobs", text(1), "N"},
                    {"out", "Folder for table.md, table.json, config.json, curves (CSV) and figures (SVG)", text("out"),
                     "FOLDER"},
                });
  line.add_options(
      kOther, {{"h,help", "Print this text", flag}, {"version", "Print version, BLAS core and SIMD target", flag}});
  return line;
}

Options read(const cxxopts::ParseResult& given) {
  const auto text = [&](const char* option) { return given[option].as<std::string>(); };
  Options options;
  options.help = given.count("help") > 0;
  options.version = given.count("version") > 0;
  if (options.help || options.version) return options;
  if (!given.unmatched().empty()) refuse("unexpected argument \"{}\"", shown(given.unmatched().front()));
  options.cases = parse_cases(text("cases"));
  options.seeds = parse_seeds(text("seeds"));
  options.dataset = parse_dataset(text("dataset"));
  if (given.count("data")) {
    options.data = text("data");
    if (options.data.empty()) refuse("--data: the folder name is empty");
  }
  Configuration& paper = options.configuration;
  paper.overrides = parse_overrides(text("overrides"));
  paper.epochs = count<std::int64_t>("epochs", text("epochs"), 1, 1'000'000);
  paper.learning_rate = factor("learning-rate", text("learning-rate"));
  paper.weight_decay = factor("weight-decay", text("weight-decay"));
  paper.momentum = factor("momentum", text("momentum"));
  if (paper.momentum >= 1) refuse("--momentum: {} is out of range, expected 0 to below 1", text("momentum"));
  paper.batch_size = count<std::int64_t>("batch-size", text("batch-size"), 1, 1'000'000'000);
  paper.display_every = count<std::int64_t>("display-every", text("display-every"), 1, 1'000'000'000);
  options.display_every_given = given.count("display-every") > 0;
  options.jobs = given.count("jobs") ? count("jobs", text("jobs"), 1, kMost) : cores();
  options.threads = count("threads", text("threads"), 1, kMost);
  if (text("out").empty()) refuse("--out: the folder name is empty");
  options.out = text("out");
  return options;
}

}  // namespace

Options parse(int argc, const char* const* argv) {
  try {
    return read(command_line().parse(argc, argv));
  } catch (const cxxopts::exceptions::exception& error) {
    refuse("{}", shown(error.what()));
  }
}

std::string help_text() { return command_line().help({kExperiment, kTraining, kRunning, kOther}); }

const char* name_of(Overrides overrides) {
  switch (overrides) {
    case Overrides::composed:
      return "composed";
    case Overrides::checked:
      return "checked";
    case Overrides::fused:
      break;
  }
  return "fused";
}

const char* name_of(Digits dataset) { return dataset == Digits::mnist ? "mnist" : "fashion"; }

}  // namespace retrograd::experiments
