#include "hyperbolic.h"

namespace retrograd {}
