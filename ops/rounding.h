// Rounding to whole numbers, remainders, and clipping to a range.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
