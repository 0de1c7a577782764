// Reading and adding by index.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
