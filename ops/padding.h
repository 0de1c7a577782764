// More of the same: padding, rolling, repeating.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
