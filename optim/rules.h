// All update rules: arithmetic on the elements of a parameter p with gradient g, one pass over their memory, set by
// designated initializers. Weight decay and the rates are numbers without units.
#pragma once
#include "adagrad.h"
#include "adam.h"
#include "sgd.h"
