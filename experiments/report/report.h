// The report of a run: table.md (also printed to stdout). Invariant: depends on the options, the setting and the
// outcomes alone; failed and missing cases are listed. Does not depend on where the text goes.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "../paper/options.h"
#include "../paper/outcome.h"

namespace retrograd::experiments {

/// The environment of a run, besides its options.
struct Setting {
  std::int64_t train_images = 0, test_images = 0;
  std::string version;      // of Retrograd
  std::string blas_core;    // the kernels that OpenBLAS chose for this machine
  std::string simd_target;  // the target that our element loops chose
};

/// Queries the engine for everything but the numbers of images.
Setting setting_of_engine();

/// Markdown that is also readable as plain text: how the run was made, the table, failures, the paper's conclusions.
std::string report(const std::vector<Outcome>& outcomes, const Options& options, const Setting& setting);

}  // namespace retrograd::experiments
