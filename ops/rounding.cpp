#include "rounding.h"

namespace retrograd {}
