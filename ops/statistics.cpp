#include "statistics.h"

namespace retrograd {}
