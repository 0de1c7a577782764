// What a run says for itself: table.md (and stdout).
// Invariant: it comes from the options, the setting and the outcomes alone; what failed or is missing is named.
// Refuses to know: where the text goes.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "../paper/options.h"
#include "../paper/outcome.h"

namespace retrograd::experiments {

/// What a run stands on besides its options.
struct Setting {
  std::int64_t train_images = 0, test_images = 0;
  std::string version;      // of Retrograd
  std::string blas_core;    // the kernels OpenBLAS chose for this machine
  std::string simd_target;  // and those our element loops chose
};

/// Asks the engine for all but the numbers of images.
Setting setting_of_engine();

/// Markdown that reads as plain text too: how it was run, the table, failures, the paper's conclusions.
std::string report(const std::vector<Outcome>& outcomes, const Options& options, const Setting& setting);

}  // namespace retrograd::experiments
