#include "../reference.h"

#include <cmath>

namespace retrograd::tests {

namespace {

// On values cut to whole numbers, so that a good half of them are zero.
Row logical(const char* name, Tensor (*op)(const Operand&, const Operand&), double (*f)(double, double)) {
  Row row = {name,
             [op](const Tensors& x) { return op(trunc(x[0]), trunc(x[1])); },
             both(f),
             kBinarySamples,
             {{[op] {
                 op(zeros({2, 3}), zeros({4}, int64));
               },
               std::string(name) + ": shapes do not broadcast: (2, 3) and (4,)"},
              {[op] { op(Tensor(), 1); }, "handle is empty"}}};
  row.order = 0;
  return row;
}

// A question about single values, of any dtype.
Row question(const char* name, Tensor (*op)(const Tensor&), double (*f)(double)) {
  Row row = unary(name, op, f);
  row.refusals.pop_back();  // uint8 is taken
  row.order = 0;
  return row;
}

Row masks(const char* name, Tensor (*op)(const Tensor&, const Tensor&), double (*f)(double, double)) {
  Row row = {name,
             [op](const Tensors& x) { return op(x[0] > 0, x[1] > 0); },
             both(f),
             kBinarySamples,
             {{[op] { op(ones({2}, boolean), ones({2})); }, std::string(name) + ": expects boolean, got float32"},
              {[op] { op(ones({2}, boolean), ones({3}, boolean)); },
               std::string(name) + ": shapes do not broadcast: (2,) and (3,)"}}};
  row.order = 0;
  return row;
}

}  // namespace

std::vector<Row> logic_rows() {
  return {
      comparison("equal", equal, [](double a, double b) { return double(a == b); }),
      comparison("not_equal", not_equal, [](double a, double b) { return double(a != b); }),
      comparison("less", less, [](double a, double b) { return double(a < b); }),
      comparison("less_equal", less_equal, [](double a, double b) { return double(a <= b); }),
      comparison("greater", greater, [](double a, double b) { return double(a > b); }),
      comparison("greater_equal", greater_equal, [](double a, double b) { return double(a >= b); }),
      logical("logical_and", logical_and,
              [](double a, double b) { return double(std::abs(a) >= 1 && std::abs(b) >= 1); }),
      logical("logical_or", logical_or,
              [](double a, double b) { return double(std::abs(a) >= 1 || std::abs(b) >= 1); }),
      logical("logical_xor", logical_xor,
              [](double a, double b) { return double((std::abs(a) >= 1) != (std::abs(b) >= 1)); }),
      masks("&", operator&, [](double a, double b) { return double(a > 0 && b > 0); }),
      masks("|", operator|, [](double a, double b) { return double(a > 0 || b > 0); }),
      masks("^", operator^, [](double a, double b) { return double((a > 0) != (b > 0)); }),
      question("logical_not", logical_not, [](double x) { return double(x == 0); }),
      question("isnan", isnan, [](double x) { return double(std::isnan(x)); }),
      question("isinf", isinf, [](double x) { return double(std::isinf(x)); }),
      question("isfinite", isfinite, [](double x) { return double(std::isfinite(x)); }),
  };
}

}  // namespace retrograd::tests
