// Logic on masks, and questions about single elements (isnan and its kind).
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
