// The curves of one outcome as CSV: <case>_train.csv (iteration,loss,accuracy) and <case>_test.csv
// (epoch,loss,accuracy). Invariant: the text depends on the points alone (no times, no locale) and uses the fewest
// digits that restore each number, so that equal runs produce equal bytes. Does not depend on figures.
#pragma once
#include <filesystem>
#include <string>

#include "../paper/outcome.h"

namespace retrograd::experiments {

/// The prefix of this outcome's files: "1RE", or "1RE_seed3" if the run has several seeds.
std::string file_stem(const Outcome& outcome, bool several_seeds);

/// One line per iteration, after a header.
std::string train_csv(const Curves& curves);
/// One line per epoch, after a header.
std::string test_csv(const Curves& curves);

/// Writes both into the folder; OutputError where that fails.
void write_curves(const std::filesystem::path& folder, const Outcome& outcome, bool several_seeds);

}  // namespace retrograd::experiments
