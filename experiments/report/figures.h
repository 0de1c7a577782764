// The figures a run's curves make: the paper's pairs 3.2 to 3.9 and 3.11 to 3.18, and the comparisons it should have
// had. Invariant: a figure shows the outcomes it is given, all of them finished, thinned so that it stays small.
// Refuses to know: files' places, how gnuplot is run.
#pragma once
#include <string>
#include <vector>

#include "../paper/options.h"
#include "../paper/outcome.h"
#include "plot.h"

namespace retrograd::experiments {

/// "figure_3_02.svg" (train) and "figure_3_03.svg" (test): loss on the left, accuracy on the right.
std::vector<Figure> case_figures(const Outcome& outcome, Digits dataset);

/// "all_test_accuracy.svg" and "all_test_loss.svg" of the outcomes given, one a case; none where there are no outcomes.
std::vector<Figure> comparison_figures(const std::vector<const Outcome*>& outcomes, Digits dataset);

}  // namespace retrograd::experiments
