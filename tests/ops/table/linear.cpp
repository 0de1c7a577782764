#include "../reference.h"

#include <cmath>

namespace retrograd::tests {

namespace {

// f(x·weightᵀ + bias), element by element.
Row linear_row(const char* name, Tensor (*op)(const Tensor&, const Tensor&, const Tensor&), double (*f)(double)) {
  return {name,
          [op](const Tensors& x) { return op(x[0], x[1], x[2]); },
          [f](const std::vector<Plain>& x) {
            Index shape = x[0].shape;
            shape.back() = x[1].shape[0];
            return make(shape, [&](Index i) {
              const std::int64_t out = i.back();
              double total = x[2].at({out});
              for (i.back() = 0; i.back() < x[1].shape[1]; ++i.back()) total += x[0].at(i) * x[1].at({out, i.back()});
              return f(total);
            });
          },
          {{{{3, 4}, {5, 4}, {5}}}, {{{1, 1}, {1, 1}, {1}}}, {{{7, 2}, {3, 2}, {3}}}, {{{2, 3, 4}, {2, 4}, {2}}}},
          {{[op] {
              op(zeros({2, 3}), zeros({5, 4}), zeros({5}));
            },
            "linear: x (2, 3) does not fit weight (5, 4), which is (out, in)"},
           {[op] {
              op(zeros({2, 3}), zeros({5, 3}), zeros({4}));
            },
            "linear: bias (4,) does not fit weight (5, 3)"},
           {[op] {
              op(zeros({2, 3}), zeros({5, 3}, float64), zeros({5}));
            },
            "linear: dtypes differ"}}};
}

}  // namespace

std::vector<Row> linear_rows() {
  return {
      linear_row("linear", linear, [](double v) { return v; }),
      {"linear(no bias)",
       [](const Tensors& x) { return linear(x[0], x[1]); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape.back() = x[1].shape[0];
         return make(shape, [&](Index i) {
           const std::int64_t out = i.back();
           double total = 0;
           for (i.back() = 0; i.back() < x[1].shape[1]; ++i.back()) total += x[0].at(i) * x[1].at({out, i.back()});
           return total;
         });
       },
       {{{{3, 4}, {5, 4}}}, {{{1, 1}, {1, 1}}}, {{{4}, {2, 4}}}, {{{2, 3, 4}, {2, 4}}}, {{{0, 4}, {2, 4}}}},
       {{[] {
           linear(zeros({2, 3}), zeros({5, 4}));
         },
         "linear: x (2, 3) does not fit weight (5, 4), which is (out, in)"},
        {[] {
           linear(zeros({2, 3}), zeros({5, 3}, float64));
         },
         "linear: dtypes differ: x float32, weight float64"},
        {[] {
           linear(zeros({2, 3}, int64), zeros({5, 3}, int64));
         },
         "linear: expects float32 or float64, got int64"}}},
      linear_row("linear_relu", linear_relu, [](double v) { return v > 0 ? v : 0; }),
      linear_row("linear_sigmoid", linear_sigmoid, [](double v) { return 1 / (1 + std::exp(-v)); }),
      linear_row("linear_tanh", linear_tanh, std::tanh),
  };
}

}  // namespace retrograd::tests
