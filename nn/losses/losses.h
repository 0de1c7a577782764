// All losses, and the classification metrics. A loss is a function of outputs and targets, tensors of the same dtype
// (class indices are int64), and of options set by name; its value has size 1 unless Reduction::none is chosen. Does
// not depend on layers.
#pragma once
#include "classifier_losses.h"
#include "distance_losses.h"
#include "metrics.h"
#include "regression_losses.h"
