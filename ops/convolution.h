// Convolution in one and two dimensions.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
