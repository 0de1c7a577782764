#include "linalg.h"

namespace retrograd {}
