#include "../reference.h"

#include <cmath>

namespace retrograd::tests {

std::vector<Row> activation_rows() {
  return {
      smooth("tanh", tanh, std::tanh),
      smooth("sigmoid", sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }),
      unary("relu", relu, [](double x) { return x <= 0 ? 0 : x; }),
  };
}

}  // namespace retrograd::tests
