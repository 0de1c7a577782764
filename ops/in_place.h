// Writing into a tensor where it is safe.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
