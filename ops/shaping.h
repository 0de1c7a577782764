// The same values in another shape.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
