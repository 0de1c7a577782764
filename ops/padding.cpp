#include "padding.h"

namespace retrograd {}
