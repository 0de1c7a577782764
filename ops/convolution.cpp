#include "convolution.h"

namespace retrograd {}
