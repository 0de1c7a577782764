#include "rectifiers.h"

namespace retrograd {}
