#include "../reference.h"

#include <algorithm>
#include <numeric>

namespace retrograd::tests {

namespace {

using Line = std::vector<double>;

Line sums(Line line) {
  std::partial_sum(line.begin(), line.end(), line.begin());
  return line;
}
Line products(Line line) {
  std::partial_sum(line.begin(), line.end(), line.begin(), std::multiplies<>());
  return line;
}
Line sorted(Line line) {
  std::sort(line.begin(), line.end());
  return line;
}
Line largest_two(Line line) {
  std::sort(line.rbegin(), line.rend());
  line.resize(2);
  return line;
}
Line order(const Line& line) {
  Line places(line.size());
  std::iota(places.begin(), places.end(), 0.0);
  std::stable_sort(places.begin(), places.end(), [&](double a, double b) {
    return line[static_cast<std::size_t>(a)] < line[static_cast<std::size_t>(b)];
  });
  return places;
}

const std::vector<Sample> kFromFront = {{{{3}}},     {{{1}}},    {{{4, 5}}}, {{{2, 3, 4}}},
                                        {{{3, 70}}}, {{{0, 3}}}, {{{3, 0}}}};

// Of ones: rows with no zero, one, two and three.
Tensor minus_zeros() {
  return tensor<double>({{0.5, -0.25, 2.5, -1.0, 0.25},
                         {0.5, 1.0, 0.75, -1.0, 0.25},
                         {1.0, -0.25, 2.5, 1.0, 0.25},
                         {0.5, 1.0, 1.0, -1.0, 1.0}},
                        float64);
}

}  // namespace

std::vector<Row> ordering_rows() {
  return {
      {"cumsum(axis 0)",
       [](const Tensors& x) { return cumsum(x[0], 0); },
       [](const std::vector<Plain>& x) { return lines(x[0], 0, sums); },
       kFromFront,
       {{[] { cumsum(zeros({2}), 1); }, "cumsum: axis 1 is out of range for 1 axes"},
        {[] { cumsum(zeros({}), 0); }, "cumsum: axis 0 is out of range for 0 axes"},
        {[] { cumsum(Tensor(), 0); }, "handle is empty"}}},
      {"cumsum(axis -1)",
       [](const Tensors& x) { return cumsum(x[0], -1); },
       [](const std::vector<Plain>& x) { return lines(x[0], x[0].shape.size() - 1, sums); },
       kFromFront,
       {}},
      {"cumprod(axis 0)",
       [](const Tensors& x) { return cumprod(x[0], 0); },
       [](const std::vector<Plain>& x) { return lines(x[0], 0, products); },
       kFromFront,
       {{[] { cumprod(zeros({2}), -2); }, "cumprod: axis -2 is out of range for 1 axes"},
        {[] { cumprod(zeros({}), 0); }, "cumprod: axis 0 is out of range for 0 axes"}},
       nullptr,
       3},
      {"cumprod(axis 1)",
       [](const Tensors& x) { return cumprod(x[0], 1); },
       [](const std::vector<Plain>& x) { return lines(x[0], 1, products); },
       {{{{4, 5}}}, {{{2, 3, 4}}}, {{{3, 1}}}, {{{3, 0}}}},
       {}},
      {"cumprod(rows of one zero, two and more)",
       [](const Tensors& x) { return cumprod(x[0] - astype(minus_zeros(), x[0].dtype()), 1); },
       [](const std::vector<Plain>& x) {
         return lines(both([](double a, double b) { return a - b; })({x[0], plain(minus_zeros())}), 1, products);
       },
       {{{{4, 5}}, 1, 1}},
       {},
       nullptr,
       3},
      {"sort",
       [](const Tensors& x) { return sort(x[0]); },
       [](const std::vector<Plain>& x) { return lines(x[0], x[0].shape.size() - 1, sorted); },
       {{{{1}}}, {{{7}}}, {{{4, 5}}}, {{{2, 3, 4}}}, {{{0, 3}}}, {{{3, 0}}}, {{{3}}, 1, 1, true}},
       {{[] { sort(zeros({})); }, "sort: axis -1 is out of range for 0 axes"},
        {[] { sort(zeros({2}), 1); }, "sort: axis 1 is out of range for 1 axes"}}},
      {"sort(axis 0, descending)",
       [](const Tensors& x) { return sort(x[0], 0, true); },
       [](const std::vector<Plain>& x) {
         return lines(x[0], 0, [](Line line) {
           std::sort(line.rbegin(), line.rend());
           return line;
         });
       },
       {{{{7}}}, {{{5, 4}}}, {{{3, 2, 4}}}},
       {}},
      {"argsort",
       [](const Tensors& x) { return argsort(x[0], 1); },
       [](const std::vector<Plain>& x) { return lines(x[0], 1, order); },
       {{{{4, 5}}}, {{{2, 3, 4}}}, {{{2, 0}}}, {{{3, 20}}, 1, 1}},
       {{[] { argsort(zeros({2}), 1); }, "argsort: axis 1 is out of range for 1 axes"}},
       nullptr,
       0},
      {"topk",
       [](const Tensors& x) { return topk(x[0], 2).values; },
       [](const std::vector<Plain>& x) { return lines(x[0], x[0].shape.size() - 1, largest_two); },
       {{{{2}}}, {{{40}}}, {{{4, 5}}}, {{{2, 3, 4}}}, {{{0, 3}}}},
       {{[] {
           topk(zeros({2, 3}), 4);
         },
         "topk: k 4 is outside 0 … 3, the size of axis -1 of (2, 3)"},
        {[] {
           topk(zeros({2, 3}), -1, 0);
         },
         "topk: k -1 is outside 0 … 2, the size of axis 0 of (2, 3)"},
        {[] { topk(zeros({2}), 1, 1); }, "topk: axis 1 is out of range for 1 axes"}}},
      {"topk(axis 0)",
       [](const Tensors& x) { return topk(x[0], 2, 0).values; },
       [](const std::vector<Plain>& x) { return lines(x[0], 0, largest_two); },
       {{{{3, 4}}}, {{{30, 2}}}, {{{3, 2, 2}}}},
       {}},
  };
}

}  // namespace retrograd::tests
