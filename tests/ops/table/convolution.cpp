#include "../reference.h"

namespace retrograd::tests {

std::vector<Row> convolution_rows() { return {}; }

}  // namespace retrograd::tests
