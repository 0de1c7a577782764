#include "normalization.h"

namespace retrograd {}
