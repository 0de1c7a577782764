// The figures of a run's curves: the paper's pairs 3.2 to 3.9 and 3.11 to 3.18, and comparisons that it lacks.
// Invariant: a figure shows all given outcomes, all of which are finished, thinned so that the file stays small. Does
// not depend on where files are or how gnuplot is run.
#pragma once
#include <string>
#include <vector>

#include "../paper/options.h"
#include "../paper/outcome.h"
#include "plot.h"

namespace retrograd::experiments {

/// "figure_3_02.svg" (train) and "figure_3_03.svg" (test): loss on the left, accuracy on the right.
std::vector<Figure> case_figures(const Outcome& outcome, Digits dataset);

/// "all_test_accuracy.svg" and "all_test_loss.svg" of the given outcomes, one per case; none if there are no outcomes.
std::vector<Figure> comparison_figures(const std::vector<const Outcome*>& outcomes, Digits dataset);

}  // namespace retrograd::experiments
