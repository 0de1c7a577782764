#include "../reference.h"

namespace retrograd::tests {

std::vector<Row> logic_rows() {
  return {
      comparison("equal", equal, [](double a, double b) { return double(a == b); }),
      comparison("not_equal", not_equal, [](double a, double b) { return double(a != b); }),
      comparison("less", less, [](double a, double b) { return double(a < b); }),
      comparison("less_equal", less_equal, [](double a, double b) { return double(a <= b); }),
      comparison("greater", greater, [](double a, double b) { return double(a > b); }),
      comparison("greater_equal", greater_equal, [](double a, double b) { return double(a >= b); }),
  };
}

}  // namespace retrograd::tests
