// Powers and roots.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
