// Activations that bend at zero.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
