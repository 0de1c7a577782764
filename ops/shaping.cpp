#include "shaping.h"

namespace retrograd {}
