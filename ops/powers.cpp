#include "powers.h"

namespace retrograd {}
