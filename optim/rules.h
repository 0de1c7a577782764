// All update rules: each updates the elements of a parameter p with gradient g in one pass, and is set by designated
// initializers. Learning rates and weight decay are dimensionless.
#pragma once
#include "adagrad.h"
#include "adam.h"
#include "sgd.h"
