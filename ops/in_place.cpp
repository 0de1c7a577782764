#include "in_place.h"

namespace retrograd {}
