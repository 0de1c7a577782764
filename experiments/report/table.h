// The run's table: the paper's figures beside ours, for a reader (markdown, also what stdout gets) and for a program
// (JSON).
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

/// A list of {case, seed, accuracy, loss, best_accuracy, best_epoch, seconds}, one a finished outcome. A failed
/// one has nulls and says why in "failure"; one that was not finished is left out.
std::string results_json(const std::vector<Outcome>& outcomes);

}  // namespace retrograd::experiments
