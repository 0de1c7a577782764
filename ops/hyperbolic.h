// Hyperbolic functions and their inverses (tanh is ops/activations.h's).
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
