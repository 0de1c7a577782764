#include "cumulative.h"

namespace retrograd {}
