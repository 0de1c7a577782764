// Linear algebra.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
