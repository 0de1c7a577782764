// Normalisation over the innermost axes.
#pragma once
#include "../core/tensor.h"

namespace retrograd {}
