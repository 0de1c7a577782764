#include "../reference.h"

#include <cmath>

namespace retrograd::tests {

namespace {

Plain matmul_of(const std::vector<Plain>& x) {
  const Plain &a = x[0], &b = x[1];
  const bool vector_a = a.shape.size() == 1, vector_b = b.shape.size() == 1;
  const std::int64_t inner = b.shape[0];
  Index shape;
  if (!vector_a) shape.push_back(a.shape[0]);
  if (!vector_b) shape.push_back(b.shape[1]);
  return make(shape, [&](const Index& i) {
    double total = 0;
    for (std::int64_t k = 0; k < inner; ++k) {
      const double left = vector_a ? a.at({k}) : a.at({i[0], k});
      const double right = vector_b ? b.at({k}) : b.at({k, i.back()});
      total += left * right;
    }
    return total;
  });
}
Plain linear_of(const std::vector<Plain>& x) {
  return make({x[0].shape[0], x[1].shape[0]}, [&](const Index& i) {
    double total = x[2].at({i[1]});
    for (std::int64_t k = 0; k < x[0].shape[1]; ++k) total += x[0].at({i[0], k}) * x[1].at({i[1], k});
    return total;
  });
}

}  // namespace

std::vector<Row> product_rows() {
  return {
      {"matmul",
       [](const Tensors& x) { return matmul(x[0], x[1]); },
       matmul_of,
       {{{{3, 4}, {4, 5}}},
        {{{1, 1}, {1, 1}}},
        {{{7, 3}, {3, 1}}},
        {{{4}, {4, 3}}},
        {{{3, 4}, {4}}},
        {{{5}, {5}}},
        {{{2, 0}, {0, 3}}},
        {{{0, 3}, {3, 2}}}},
       {{[] {
           matmul(zeros({2, 3}), zeros({4, 5}));
         },
         "matmul: inner dimensions differ: (2, 3) x (4, 5)"},
        {[] {
           matmul(zeros({2, 3}), zeros({3, 5}, float64));
         },
         "matmul: dtypes differ: float32 and float64"},
        {[] {
           matmul(zeros({2, 3}, int64), zeros({3, 5}, int64));
         },
         "matmul: takes float32 or float64, got int64"},
        {[] {
           matmul(zeros({}), zeros({3, 5}));
         },
         "matmul: takes matrices and vectors, got () x (3, 5)"}}},
      {"linear",
       [](const Tensors& x) { return linear(x[0], x[1], x[2]); },
       linear_of,
       {{{{3, 4}, {5, 4}, {5}}}, {{{1, 1}, {1, 1}, {1}}}, {{{7, 2}, {3, 2}, {3}}}},
       {{[] {
           linear(zeros({2, 3}), zeros({5, 4}), zeros({5}));
         },
         "linear: x (2, 3) does not fit weight (5, 4), which is (out, in)"},
        {[] {
           linear(zeros({2, 3}), zeros({5, 3}), zeros({4}));
         },
         "linear: bias (4,) does not fit weight (5, 3)"},
        {[] {
           linear(zeros({2, 3}), zeros({5, 3}, float64), zeros({5}));
         },
         "linear: dtypes differ"}}},
  };
}

}  // namespace retrograd::tests
