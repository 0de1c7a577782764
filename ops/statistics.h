// Variance, standard deviation, norms, and log-sum-exp.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
