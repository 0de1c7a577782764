// The paper's figures 2.1 (ReLU) and 2.2 (sigmoid), computed by the engine: the values by its ops, the derivatives by
// its tape. Invariant: no formula of an activation is repeated here. Does not depend on networks or runs.
#pragma once
#include <vector>

#include "plot.h"

namespace retrograd::experiments {

/// "figure_2_1.svg" and "figure_2_2.svg".
std::vector<Figure> activation_figures();

}  // namespace retrograd::experiments
