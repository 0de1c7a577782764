// The paper's drawings of networks: figures 2.3 (a linear layer), 3.1 and 3.10 (one and two hidden layers). Invariant:
// the numbers of units are those of the trained cases. Does not depend on curves or runs.
#pragma once
#include <vector>

#include "plot.h"

namespace retrograd::experiments {

/// "figure_2_3.svg", "figure_3_01.svg" and "figure_3_10.svg".
std::vector<Figure> network_figures();

}  // namespace retrograd::experiments
