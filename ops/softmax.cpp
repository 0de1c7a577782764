#include "softmax.h"

namespace retrograd {}
