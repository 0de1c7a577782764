// The table of a run: the paper's results beside ours, as markdown. Invariant: every requested case has a row; an
// unfinished one is marked as such and shows no numbers. Does not depend on how the numbers were computed or where the
// text goes.
#pragma once
#include <string>
#include <vector>

#include "../paper/options.h"
#include "../paper/outcome.h"
#include "../paper/summary.h"

namespace retrograd::experiments {

/// Aligned markdown: a heading row, then the others; columns after the first `left` are right-aligned.
std::string markdown_table(const std::vector<std::vector<std::string>>& rows, std::size_t left);

/// One row per case. Several seeds are shown as mean ± standard deviation; the paper's results are shown for its own
/// data set only.
std::string results_table(const std::vector<Summary>& summaries, Digits dataset);

}  // namespace retrograd::experiments
