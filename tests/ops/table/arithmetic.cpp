#include "../reference.h"

#include <cmath>

namespace retrograd::tests {

std::vector<Row> arithmetic_rows() {
  std::vector<Row> rows = {
      binary("add", add, plus),
      binary("sub", sub, [](double a, double b) { return a - b; }),
      binary("mul", mul, [](double a, double b) { return a * b; }),
      binary(
          "div", div, [](double a, double b) { return a / b; }, within(0.5, 2, kBinarySamples)),
      binary("maximum", maximum, larger),
      smooth("neg", neg, [](double x) { return -x; }),
      smooth("square", square, [](double x) { return x * x; }),
      unary("abs", abs, std::fabs),
      unary("sign", sign, [](double x) { return x > 0   ? 1
                                                : x < 0 ? -1
                                                        : x; }),
  };
  for (Row& row : rows) {
    if (row.name == "sign") row.order = 0;
    if (row.name != "maximum") continue;
    row.samples.push_back({{{3, 4}, {3, 4}}, 1, 1, true});
    row.twice = false;
  }
  return rows;
}

}  // namespace retrograd::tests
