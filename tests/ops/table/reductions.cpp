#include "../reference.h"

#include <algorithm>
#include <cmath>

namespace retrograd::tests {

namespace {

double times(double a, double b) { return a * b; }
double smaller(double a, double b) { return a < b ? a : b; }

// What leaves zeros of ones: none in the first row, one in the next, and so on.
Tensor minus_zeros() {
  return tensor<double>({{0.5, -0.25, 2.5, -1.0, 0.25},
                         {0.5, -0.25, 1.0, -1.0, 0.25},
                         {1.0, -0.25, 2.5, 1.0, 0.25},
                         {0.5, 1.0, 1.0, -1.0, 1.0}},
                        float64);
}

}  // namespace

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
        {[] { sum(Tensor()); }, "handle is empty"}}},
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
       {{[] { mean(zeros({2}, int64)); }, "mean: expects float32 or float64, got int64; convert with astype"}}},
      {"max",
       [](const Tensors& x) { return max(x[0], 1); },
       [](const std::vector<Plain>& x) { return fold(x[0], {1}, false, -INFINITY, larger); },
       {{{{3, 5}}}, {{{2, 3, 4}}}, {{{2, 1}}}},
       {{[] { max(zeros({0})); }, "max: cannot reduce an empty axis of shape (0,)"},
        {[] {
           max(zeros({2, 0}), 1);
         },
         "max: cannot reduce an empty axis of shape (2, 0)"}}},
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
         "argmax: cannot reduce an empty axis of shape (2, 0)"},
        {[] { argmax(zeros({2}), 1); }, "argmax: axis 1 is out of range for 1 axes"}},
       nullptr,
       0},
      {"prod",
       [](const Tensors& x) { return prod(x[0]); },
       [](const std::vector<Plain>& x) {
         double product = 1;
         for (double v : x[0].values) product *= v;
         return Plain{{}, {product}};
       },
       {{{{}}}, {{{1}}}, {{{7}}}, {{{3, 2}}}, {{{2, 1, 3}}}, {{{0, 3}}}},
       {{[] {
           prod(zeros({2, 3}), -3);
         },
         "prod: axis -3 is out of range for 2 axes"},
        {[] {
           prod(zeros({2, 3}), {0, 0});
         },
         "prod: axis 0 is given twice"}}},
      {"prod(axis 1)",
       [](const Tensors& x) { return prod(x[0], 1); },
       [](const std::vector<Plain>& x) { return fold(x[0], {1}, false, 1, times); },
       {{{{3, 5}}}, {{{2, 3, 4}}}, {{{2, 1}}}, {{{3, 0}}}},
       {}},
      {"prod(axes 0 and -1, keepdims)",
       [](const Tensors& x) {
         return prod(x[0], {0, -1}, true);
       },
       [](const std::vector<Plain>& x) {
         return fold(x[0], {0, x[0].shape.size() - 1}, true, 1, times);
       },
       {{{{3, 2}}}, {{{2, 3, 2}}}, {{{2, 3, 1, 2}}}},
       {}},
      {"prod(rows of one zero, two and more)",
       [](const Tensors& x) { return prod(x[0] - astype(minus_zeros(), x[0].dtype()), 1); },
       [](const std::vector<Plain>& x) {
         const Plain from = both([](double a, double b) { return a - b; })({x[0], plain(minus_zeros())});
         return fold(from, {1}, false, 1, times);
       },
       {{{{4, 5}}, 1, 1}},
       {}},
      {"min",
       [](const Tensors& x) { return min(x[0], 1); },
       [](const std::vector<Plain>& x) { return fold(x[0], {1}, false, INFINITY, smaller); },
       {{{{3, 5}}}, {{{2, 3, 4}}}, {{{2, 1}}}, {{{0, 2}}}, {{{2, 3}}, 1, 1, true}},
       {{[] { min(zeros({0})); }, "min: cannot reduce an empty axis of shape (0,)"},
        {[] {
           min(zeros({2, 0}), 1);
         },
         "min: cannot reduce an empty axis of shape (2, 0)"},
        {[] { min(zeros({2}), 1); }, "min: axis 1 is out of range for 1 axes"},
        {[] { min(zeros({2}, boolean)); }, "min: does not support boolean"}}},
      {"min(all, keepdims)",
       [](const Tensors& x) { return min(x[0], {}, true); },
       [](const std::vector<Plain>& x) {
         return Plain{Index(x[0].shape.size(), 1), {*std::min_element(x[0].values.begin(), x[0].values.end())}};
       },
       {{{{}}}, {{{7}}}, {{{3, 5}}}},
       {}},
      {"argmax(keepdims)",
       [](const Tensors& x) { return squeeze(argmax(x[0], 1, true), 1); },
       [](const std::vector<Plain>& x) {
         Plain out{{x[0].shape[0]}, {}};
         for (auto row = x[0].values.begin(); row != x[0].values.end(); row += x[0].shape[1])
           out.values.push_back(static_cast<double>(std::max_element(row, row + x[0].shape[1]) - row));
         return out;
       },
       {{{{3, 5}}}, {{{1, 1}}}},
       {},
       nullptr,
       0},
      {"argmin",
       [](const Tensors& x) { return argmin(x[0], 0); },
       [](const std::vector<Plain>& x) {
         Plain out = lines(x[0], 0, [](const std::vector<double>& line) {
           return std::vector<double>{static_cast<double>(std::min_element(line.begin(), line.end()) - line.begin())};
         });
         out.shape.erase(out.shape.begin());
         return out;
       },
       {{{{3}}}, {{{3, 5}}}, {{{2, 3, 4}}}, {{{4, 3}}, 1, 1}},
       {{[] {
           argmin(zeros({2, 0}), 1);
         },
         "argmin: cannot reduce an empty axis of shape (2, 0)"},
        {[] { argmin(zeros({2}), -2); }, "argmin: axis -2 is out of range for 1 axes"}},
       nullptr,
       0},
      {"all",
       [](const Tensors& x) { return all(x[0] > -1, -1); },
       [](const std::vector<Plain>& x) {
         return fold(x[0], {x[0].shape.size() - 1}, false, 1,
                     [](double so_far, double v) { return so_far != 0 && v > -1 ? 1.0 : 0.0; });
       },
       {{{{3}}}, {{{30, 3}}}, {{{2, 30, 2}}}, {{{3, 0}}}},
       {{[] { all(zeros({2}), 1); }, "all: axis 1 is out of range for 1 axes"}},
       nullptr,
       0},
      {"any(axes 0 and -1, keepdims)",
       [](const Tensors& x) {
         return any(x[0] > 1, {0, -1}, true);
       },
       [](const std::vector<Plain>& x) {
         return fold(x[0], {0, x[0].shape.size() - 1}, true, 0,
                     [](double so_far, double v) { return so_far != 0 || v > 1 ? 1.0 : 0.0; });
       },
       {{{{1, 3}}}, {{{2, 30, 2}}}, {{{0, 2, 2}}}},
       {{[] { any(zeros({2}), 1); }, "any: axis 1 is out of range for 1 axes"}},
       nullptr,
       0},
      {"count_nonzero",
       [](const Tensors& x) { return count_nonzero(where(x[0] > 0, x[0], 0), 0); },
       [](const std::vector<Plain>& x) {
         return fold(x[0], {0}, false, 0, [](double so_far, double v) { return so_far + (v > 0 ? 1 : 0); });
       },
       {{{{3}}}, {{{30, 3}}}, {{{20, 3, 2}}}, {{{0, 2}}}},
       {{[] { count_nonzero(zeros({2}), 1); }, "count_nonzero: axis 1 is out of range for 1 axes"}},
       nullptr,
       0},
  };
}

}  // namespace retrograd::tests
