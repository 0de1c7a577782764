#include "../reference.h"

#include <algorithm>
#include <cmath>

namespace retrograd::tests {

std::vector<Row> reduction_rows() {
  return {
      {"sum",
       [](const Tensors& x) { return sum(x[0]); },
       [](const std::vector<Plain>& x) {
         double total = 0;
         for (double v : x[0].values) total += v;
         return Plain{{}, {total}};
       },
       {{{{}}}, {{{1}}}, {{{3, 5}}}, {{{2, 3, 4}}}, {{{0, 3}}}, {{{2100}}}},
       {{[] {
           sum(zeros({2, 3}), 2);
         },
         "sum: axis 2 is out of range for 2 axes"},
        {[] {
           sum(zeros({2, 3}), {1, -1});
         },
         "sum: axis -1 is given twice"},
        {[] { sum(zeros({2}) > 0); }, "sum: does not take boolean"}}},
      {"sum(axis 0)",
       [](const Tensors& x) { return sum(x[0], 0); },
       [](const std::vector<Plain>& x) { return fold(x[0], {0}, false, 0, plus); },
       {{{{3}}}, {{{3, 5}}}, {{{2, 3, 4}}}, {{{0, 3}}}, {{{300, 2}}}},
       {}},
      {"sum(axes 0 and -1, keepdims)",
       [](const Tensors& x) {
         return sum(x[0], {0, -1}, true);
       },
       [](const std::vector<Plain>& x) {
         return fold(x[0], {0, x[0].shape.size() - 1}, true, 0, plus);
       },
       {{{{3, 5}}}, {{{2, 3, 4}}}, {{{2, 3, 1, 4}}}},
       {}},
      {"mean",
       [](const Tensors& x) { return mean(x[0], 1); },
       [](const std::vector<Plain>& x) {
         Plain out = fold(x[0], {1}, false, 0, plus);
         for (double& v : out.values) v /= static_cast<double>(x[0].shape[1]);
         return out;
       },
       {{{{3, 5}}}, {{{2, 3, 4}}}},
       {{[] { mean(zeros({2}, int64)); }, "mean: takes float32 or float64, got int64"}}},
      {"max",
       [](const Tensors& x) { return max(x[0], 1); },
       [](const std::vector<Plain>& x) { return fold(x[0], {1}, false, -INFINITY, larger); },
       {{{{3, 5}}}, {{{2, 3, 4}}}, {{{2, 1}}}},
       {{[] { max(zeros({0})); }, "max: of nothing, shape (0,)"},
        {[] {
           max(zeros({2, 0}), 1);
         },
         "max: of nothing, shape (2, 0)"}}},
      {"max(all, keepdims)",
       [](const Tensors& x) { return max(x[0], {}, true); },
       [](const std::vector<Plain>& x) {
         return Plain{Index(x[0].shape.size(), 1), {*std::max_element(x[0].values.begin(), x[0].values.end())}};
       },
       {{{{}}}, {{{7}}}, {{{3, 5}}}},
       {}},
      {"argmax",
       [](const Tensors& x) { return argmax(x[0], -1); },
       [](const std::vector<Plain>& x) {
         const Index shape(x[0].shape.begin(), x[0].shape.end() - 1);
         const auto width = static_cast<std::ptrdiff_t>(x[0].shape.back());
         Plain out{shape, {}};
         for (auto row = x[0].values.begin(); row != x[0].values.end(); row += width)
           out.values.push_back(static_cast<double>(std::max_element(row, row + width) - row));
         return out;
       },
       {{{{3}}}, {{{3, 5}}}, {{{2, 3, 4}}}, {{{4, 3}}, 1, 1}},
       {{[] {
           argmax(zeros({2, 0}), 1);
         },
         "argmax: of nothing, shape (2, 0)"},
        {[] { argmax(zeros({2}), 1); }, "argmax: axis 1 is out of range for 1 axes"}},
       nullptr,
       0},
  };
}

}  // namespace retrograd::tests
