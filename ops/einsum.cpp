#include "einsum.h"

namespace retrograd {}
