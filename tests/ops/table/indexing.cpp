#include "../reference.h"

namespace retrograd::tests {

std::vector<Row> indexing_rows() { return {}; }

}  // namespace retrograd::tests
