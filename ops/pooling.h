// Pooling over windows.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
