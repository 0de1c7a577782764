#include "logic.h"

namespace retrograd {}
