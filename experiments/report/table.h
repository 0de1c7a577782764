// The run's table: the paper's figures beside ours, as markdown, which is also what stdout gets.
// Invariant: every case asked for has a row; one that did not finish is shown as such and never as a number.
// Refuses to know: how the numbers came about, and where the text goes.
#pragma once
#include <string>
#include <vector>

#include "../paper/options.h"
#include "../paper/outcome.h"
#include "../paper/summary.h"

namespace retrograd::experiments {

/// Aligned markdown: a heading row, then the others; columns after the first `left` are set to the right.
std::string markdown_table(const std::vector<std::vector<std::string>>& rows, std::size_t left);

/// One row a case. Several seeds give mean ± standard deviation; the paper's figures stand where the data set is its
/// own.
std::string results_table(const std::vector<Summary>& summaries, Digits dataset);

}  // namespace retrograd::experiments
