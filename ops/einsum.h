// Einstein summation.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
