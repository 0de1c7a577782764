// Softmax and its logarithm.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
