#include "../reference.h"

#include <cmath>

namespace retrograd::tests {

std::vector<Row> pointwise_rows() {
  return {
      smooth("exp", exp, std::exp),
      smooth("log", log, std::log, within(0.2, 3)),
      smooth("log1p", log1p, std::log1p, within(-0.5, 3)),
      smooth("sin", sin, std::sin),
      smooth("cos", cos, std::cos),
  };
}

}  // namespace retrograd::tests
