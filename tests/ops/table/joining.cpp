#include "../reference.h"

namespace retrograd::tests {

std::vector<Row> joining_rows() { return {}; }

}  // namespace retrograd::tests
