#include "joining.h"

namespace retrograd {}
