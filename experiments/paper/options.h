// The user's options, validated: everything that can be checked without the data is checked here, so that no training
// starts with a mistake. Invariant: the Options that `parse` returns are complete and in range; the defaults are the
// paper's configuration. Does not depend on how cases are run.
#pragma once
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "cases.h"

namespace retrograd::experiments {

/// A mistake on the command line; the program prints it and exits with 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Overrides { fused, composed, checked };
enum class Digits { mnist, fashion };

/// The paper's `config`.
struct Configuration {
  double learning_rate = 0.1;
  double weight_decay = 0.0001;
  double momentum = 0.001;
  std::int64_t batch_size = 100;
  std::int64_t epochs = 100;        // max_epoch
  std::int64_t display_every = 50;  // disp_freq, in iterations
  Overrides overrides = Overrides::fused;
};

struct Options {
  std::vector<const Case*> cases;  // in table order
  std::vector<std::uint64_t> seeds{0};
  Configuration configuration;
  bool display_every_given = false;
  int jobs = 1;
  int threads = 1;
  Digits dataset = Digits::mnist;
  std::string data;  // empty: the usual places
  std::filesystem::path out = "out";
  bool help = false;
  bool version = false;
};

/// Parses a command line; UsageError with a sentence if it is invalid.
Options parse(int argc, const char* const* argv);

/// The text of --help.
std::string help_text();

/// "fused", "composed" or "checked".
const char* name_of(Overrides overrides);
/// "mnist" or "fashion".
const char* name_of(Digits dataset);

}  // namespace retrograd::experiments
