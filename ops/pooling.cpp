#include "pooling.h"

namespace retrograd {}
