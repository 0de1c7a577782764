// Special functions: the error function and the gamma family.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
