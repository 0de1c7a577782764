#include "special.h"

namespace retrograd {}
