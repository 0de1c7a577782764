// Running sums and products along an axis.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
