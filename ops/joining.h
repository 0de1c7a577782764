// Joining tensors and cutting them apart.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
