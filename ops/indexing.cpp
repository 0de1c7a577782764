#include "indexing.h"

namespace retrograd {}
