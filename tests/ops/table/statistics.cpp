#include "../reference.h"

#include <algorithm>
#include <cmath>

namespace retrograd::tests {

namespace {

Plain variance(const Plain& x, const std::vector<std::size_t>& axes, bool keepdims, int ddof) {
  Plain mean = fold(x, axes, true, 0, plus), out = mean;
  const double n = static_cast<double>(x.values.size()) / static_cast<double>(mean.values.size());
  for (double& v : mean.values) v /= n;
  const Plain squares = make(x.shape, [&](const Index& i) { return std::pow(x.at(i) - at_broadcast(mean, i), 2); });
  out = fold(squares, axes, keepdims, 0, plus);
  for (double& v : out.values) v /= n - ddof;
  return out;
}

}  // namespace

std::vector<Row> statistics_rows() {
  return {
      {"var",
       [](const Tensors& x) { return var(x[0], 1); },
       [](const std::vector<Plain>& x) { return variance(x[0], {1}, false, 0); },
       {{{{3, 5}}}, {{{2, 3, 4}}}, {{{2, 1}}}},
       {{[] { var(zeros({2}, int64)); }, "var: expects float32 or float64, got int64; convert with astype"},
        {[] { var(zeros({2}), 1); }, "var: axis 1 is out of range for 1 axes"}}},
      {"var(axes 0 and -1, keepdims, ddof 1)",
       [](const Tensors& x) {
         return var(x[0], {0, -1}, true, 1);
       },
       [](const std::vector<Plain>& x) {
         return variance(x[0], {0, x[0].shape.size() - 1}, true, 1);
       },
       {{{{3, 5}}}, {{{2, 3, 4}}}, {{{2, 3, 1, 4}}}},
       {}},
      {"std",
       [](const Tensors& x) { return retrograd::std(x[0], 1); },
       [](const std::vector<Plain>& x) {
         Plain out = variance(x[0], {1}, false, 0);
         for (double& v : out.values) v = std::sqrt(v);
         return out;
       },
       {{{{3, 5}}}, {{{2, 3, 4}}}, {{{2, 1}}}, {{{2, 3}}, 1, 1, true}},
       {{[] { retrograd::std(zeros({2}, uint8)); }, "std: expects float32 or float64, got uint8"},
        {[] { retrograd::std(zeros({2}), -2); }, "std: axis -2 is out of range for 1 axes"}}},
      {"norm(1)",
       [](const Tensors& x) { return norm(x[0], 1, 0); },
       [](const std::vector<Plain>& x) {
         return fold(x[0], {0}, false, 0, [](double sum, double v) { return sum + std::abs(v); });
       },
       {{{{3}}}, {{{3, 5}}}, {{{2, 3, 4}}}, {{{0, 2}}}, {{{3}}, 0, 0, true}},
       {}},
      {"norm(2)",
       [](const Tensors& x) { return norm(x[0], 2, 1); },
       [](const std::vector<Plain>& x) {
         Plain out = fold(x[0], {1}, false, 0, [](double sum, double v) { return sum + v * v; });
         for (double& v : out.values) v = std::sqrt(v);
         return out;
       },
       {{{{3, 5}}}, {{{2, 3, 4}}}, {{{2, 1}}}, {{{2, 0}}}, {{{2, 2}}, 0, 0, true}},
       {{[] { norm(zeros({2}), 3); }, "norm: p must be 1, 2 or infinity, got 3"},
        {[] { norm(zeros({2}, int64)); }, "norm: expects float32 or float64, got int64"},
        {[] { norm(zeros({0}), INFINITY); }, "norm: cannot take the infinity norm over an empty axis of shape (0,)"},
        {[] { norm(zeros({2}), 2, 1); }, "norm: axis 1 is out of range for 1 axes"}}},
      {"norm(all, keepdims)",
       [](const Tensors& x) { return norm(x[0], 2, {}, true); },
       [](const std::vector<Plain>& x) {
         double sum = 0;
         for (double v : x[0].values) sum += v * v;
         return Plain{Index(x[0].shape.size(), 1), {std::sqrt(sum)}};
       },
       {{{{}}}, {{{7}}}, {{{3, 5}}}},
       {}},
      {"norm(infinity)",
       [](const Tensors& x) { return norm(x[0], INFINITY, -1); },
       [](const std::vector<Plain>& x) {
         return fold(x[0], {x[0].shape.size() - 1}, false, 0,
                     [](double so_far, double v) { return std::max(so_far, std::abs(v)); });
       },
       {{{{3}}}, {{{3, 5}}}, {{{2, 3, 4}}}, {{{2, 2}}, 1, 1, true}},
       {}},
  };
}

}  // namespace retrograd::tests
