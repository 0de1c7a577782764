#include "../reference.h"

namespace retrograd::tests {

std::vector<Row> linalg_rows() { return {}; }

}  // namespace retrograd::tests
