#include "../reference.h"

namespace retrograd::tests {

std::vector<Row> ordering_rows() { return {}; }

}  // namespace retrograd::tests
