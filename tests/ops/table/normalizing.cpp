#include "../reference.h"

namespace retrograd::tests {

std::vector<Row> normalizing_rows() { return {}; }

}  // namespace retrograd::tests
