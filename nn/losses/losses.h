// All losses, and the measures of a classifier, which people look for beside them. A loss is a function of outputs and
// targets, tensors of one dtype (class indices are int64), and of options that are set by name; its value has size 1
// unless Reduction::none asks for all. Knows no layers.
#pragma once
#include "classifier_losses.h"
#include "distance_losses.h"
#include "metrics.h"
#include "regression_losses.h"
