// The curves of one outcome as CSV: <case>_train.csv (iteration,loss,accuracy) and <case>_test.csv
// (epoch,loss,accuracy). Invariant: the text depends on the points alone (no times, no locale), each number in the
// fewest digits that give it back, so that equal runs give equal bytes. Refuses to know: folders' rights, figures.
#pragma once
#include <filesystem>
#include <string>

#include "../paper/outcome.h"

namespace retrograd::experiments {

/// "1RE", or "1RE_seed3" where the run has several seeds: how this outcome's files begin.
std::string file_stem(const Outcome& outcome, bool several_seeds);

/// One line an iteration under a heading.
std::string train_csv(const Curves& curves);
/// One line an epoch under a heading.
std::string test_csv(const Curves& curves);

/// Writes both into the folder; OutputError where that fails.
void write_curves(const std::filesystem::path& folder, const Outcome& outcome, bool several_seeds);

}  // namespace retrograd::experiments
