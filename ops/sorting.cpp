#include "sorting.h"

namespace retrograd {}
