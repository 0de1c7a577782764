#include "../reference.h"

namespace retrograd::tests {

namespace {

// Indices as a plain list, counted from the end where negative.
std::int64_t from_end(std::int64_t index, std::int64_t size) { return index < 0 ? index + size : index; }

const std::vector<std::int64_t> kRows = {2, 0, -1, 0, 1, 2};
Tensor rows_2_by_3() { return tensor(kRows, {2, 3}); }

// For every element of a shape an index below 3, in a fixed pattern with repetitions.
std::int64_t pattern(const Index& at) {
  std::int64_t sum = 1;
  for (std::int64_t i : at) sum = 2 * sum + i;
  return sum % 3;
}
Tensor pattern_of(const Shape& shape) {
  const Plain plain = make(Index(shape.begin(), shape.end()), [](const Index& at) { return double(pattern(at)); });
  return tensor(plain.values, shape, int64);
}
Shape with(Shape shape, int axis, std::int64_t size) {
  shape[axis] = size;
  return shape;
}

std::vector<Row> window_rows() {
  return {
      {"x[i]",
       [](const Tensors& x) { return x[0][-2]; },
       [](const std::vector<Plain>& x) {
         return make(Index(x[0].shape.begin() + 1, x[0].shape.end()), [&](Index at) {
           at.insert(at.begin(), x[0].shape[0] - 2);
           return x[0].at(at);
         });
       },
       {{{{2}}}, {{{3, 4}}}, {{{2, 3, 2}}}, {{{2, 0}}}},
       {{[] {
           zeros({2, 3})[2];
         },
         "index: 2 is out of range for axis 0 of (2, 3)"},
        {[] {
           zeros({2, 3})[-3];
         },
         "index: -3 is out of range for axis 0 of (2, 3)"},
        {[] { zeros({2})[INT64_MIN]; }, "index: -9223372036854775808 is out of range"},
        {[] { zeros({2})[UINT64_MAX]; }, "is out of range for axis 0 of (2,)"},
        {[] { zeros({})[0]; }, "index: 1 indices given for a tensor of shape ()"}}},
      {"x[range]",
       [](const Tensors& x) { return x[0][range(1, -1)]; },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape[0] -= 2;
         return make(shape, [&](Index at) {
           ++at[0];
           return x[0].at(at);
         });
       },
       {{{{3}}}, {{{5, 2}}}, {{{2, 3}}}},
       {{[] { zeros({2})[range(0, 3)]; }, "index: [0, 3) is not a range within axis 0 of (2,)"},
        {[] { zeros({3})[range(2, 1)]; }, "index: [2, 1) is not a range within axis 0 of (3,)"},
        {[] { zeros({3})[range(-4)]; }, "is not a range within axis 0 of (3,)"},
        {[] { zeros({3})[range(0, 3, 0)]; }, "index: the step of a range must be at least 1, got 0"}}},
      {"x(i, range, all)",
       [](const Tensors& x) { return x[0](1, range(0, Range::kToEnd, 2), range()); },
       [](const std::vector<Plain>& x) {
         const Index& s = x[0].shape;
         return make({(s[1] + 1) / 2, s[2]}, [&](const Index& at) { return x[0].at({1, 2 * at[0], at[1]}); });
       },
       {{{{2, 3, 2}}}, {{{3, 1, 1}}}, {{{2, 0, 2}}}},
       {{[] {
           zeros({2, 3})(0, 1, 2);
         },
         "index: 3 indices given for a tensor of shape (2, 3)"},
        {[] {
           zeros({2, 3})(range(), 3);
         },
         "index: 3 is out of range for axis 1 of (2, 3)"}}},
      {"x(range, i)",
       [](const Tensors& x) { return x[0](range(1), 0); },
       [](const std::vector<Plain>& x) {
         return make({x[0].shape[0] - 1}, [&](const Index& at) { return x[0].at({at[0] + 1, 0}); });
       },
       {{{{3, 2}}}, {{{1, 4}}}},
       {}},
  };
}

std::vector<Row> take_rows() {
  return {
      {"take",
       [](const Tensors& x) { return take(x[0], rows_2_by_3(), 0); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape[0] = 2;
         shape.insert(shape.begin() + 1, 3);
         return make(shape, [&](Index at) {
           const std::int64_t row = from_end(kRows[static_cast<std::size_t>(3 * at[0] + at[1])], x[0].shape[0]);
           at.erase(at.begin());
           at[0] = row;
           return x[0].at(at);
         });
       },
       {{{{3}}}, {{{4, 2}}}, {{{3, 2, 2}}}, {{{3, 0}}}},
       {{[] { take(zeros({3}), tensor({1.0}), 0); }, "take: indices must be int64, got float32"},
        {[] {
           take(zeros({3, 4}), tensor({0, 2, 7}), 0);
         },
         "take: index 7 at position 2 is out of range for axis 0 of (3, 4)"},
        {[] {
           take(zeros({3, 4}), tensor({-5}), 1);
         },
         "take: index -5 at position 0 is out of range for axis 1"},
        {[] {
           take(zeros({0, 2}), tensor({0}), 0);
         },
         "take: index 0 at position 0 is out of range for axis 0 of (0, 2)"},
        {[] { take(zeros({3}), tensor({INT64_MIN}), 0); }, "take: index -9223372036854775808 at position 0"},
        {[] { take(zeros({3}), tensor({0}), 1); }, "take: axis 1 is out of range for 1 axes"},
        {[] {
           take(zeros({3, 1}), zeros({1, 1, 1, 1, 1, 1, 1, 1}, int64), 0);
         },
         "take: (3, 1) by indices of shape (1, 1, 1, 1, 1, 1, 1, 1) would have more than 8 axes"}}},
      {"take(axis -1)",
       [](const Tensors& x) {
         return take(x[0], tensor({1, 1, -1}), -1);
       },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         const std::int64_t last = shape.back() - 1;
         shape.back() = 3;
         return make(shape, [&](Index at) {
           at.back() = at.back() < 2 ? 1 : last;
           return x[0].at(at);
         });
       },
       {{{{2}}}, {{{3, 4}}}, {{{2, 1, 3}}}},
       {}},
      {"take(scalar index)",
       [](const Tensors& x) { return take(x[0], tensor(1), 0); },
       [](const std::vector<Plain>& x) {
         return make(Index(x[0].shape.begin() + 1, x[0].shape.end()), [&](Index at) {
           at.insert(at.begin(), 1);
           return x[0].at(at);
         });
       },
       {{{{2}}}, {{{3, 2}}}},
       {}},
      {"take(nothing)",
       [](const Tensors& x) { return sum(take(x[0], zeros({0}, int64), 0)); },
       [](const std::vector<Plain>&) {
         return Plain{{}, {0}};
       },
       {{{{2}}}, {{{3, 2}}}},
       {}},
      {"take(several sums)",
       [](const Tensors& x) {
         return take(x[0], tensor({0, 0}), 0) * take(x[0], tensor({1, 2}), 0) + take(x[0], tensor({2, -3}), 0);
       },
       [](const std::vector<Plain>& x) {
         return make({2}, [&](const Index& at) {
           return x[0].at({0}) * x[0].at({at[0] + 1}) + x[0].at({at[0] == 0 ? 2 : x[0].shape[0] - 3});
         });
       },
       {{{{3}}}, {{{5}}}},
       {}},
      {"take_along_axis",
       [](const Tensors& x) { return take_along_axis(x[0], pattern_of(with(x[0].shape(), 0, 4)), 0); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape[0] = 4;
         return make(shape, [&](Index at) {
           at[0] = pattern(at);
           return x[0].at(at);
         });
       },
       {{{{3}}}, {{{3, 4}}}, {{{5, 2, 2}}}, {{{3, 0}}}},
       {{[] { take_along_axis(zeros({2}), tensor({2}), 0); }, "take_along_axis: index 2 at position 0 is out of range"},
        {[] { take_along_axis(zeros({2}), tensor({1.0}), 0); }, "take_along_axis: indices must be int64, got float32"},
        {[] {
           take_along_axis(zeros({2, 3}), tensor({1}), 0);
         },
         "take_along_axis: ranks differ: (2, 3) by indices of shape (1,)"},
        {[] {
           take_along_axis(zeros({2, 3}), zeros({2, 2}, int64), 0);
         },
         "take_along_axis: shapes do not broadcast: (2, 3) and (2, 2)"},
        {[] { take_along_axis(zeros({2}), tensor({0}), 1); }, "take_along_axis: axis 1 is out of range for 1 axes"}}},
      {"take_along_axis(inner, broadcast)",
       [](const Tensors& x) {
         return take_along_axis(x[0], tensor({{-1, 0, 0, 1}}), -1);
       },
       [](const std::vector<Plain>& x) {
         return make({x[0].shape[0], 4}, [&](const Index& at) {
           const std::int64_t column[] = {x[0].shape[1] - 1, 0, 0, 1};
           return x[0].at({at[0], column[at[1]]});
         });
       },
       {{{{1, 2}}}, {{{3, 5}}}},
       {}},
      {"take_along_axis(wide indices)",
       [](const Tensors& x) {
         return take_along_axis(x[0], pattern_of({4, 2}), 1);
       },
       [](const std::vector<Plain>& x) {
         return make({4, 2}, [&](const Index& at) { return x[0].at({0, pattern(at)}); });
       },
       {{{{1, 3}}}, {{{1, 5}}}},
       {}},
      {"scatter_add",
       [](const Tensors& x) { return scatter_add(x[0], pattern_of(x[1].shape()), x[1], 0); },
       [](const std::vector<Plain>& x) {
         return make(x[0].shape, [&](const Index& at) {
           double sum = x[0].at(at);
           Index from = at;
           for (from[0] = 0; from[0] < x[1].shape[0]; ++from[0])
             if (pattern(from) == at[0]) sum += x[1].at(from);
           return sum;
         });
       },
       {{{{3}, {3}}}, {{{4}, {7}}}, {{{3, 2}, {5, 2}}}, {{{3, 2, 2}, {2, 2, 2}}}, {{{3, 2}, {0, 2}}}},
       {{[] { scatter_add(zeros({2}), tensor({1.0}), zeros({1}), 0); },
         "scatter_add: indices must be int64, got float32"},
        {[] {
           scatter_add(zeros({2, 3}), full({2, 1}, 3, int64), zeros({2, 1}), 1);
         },
         "scatter_add: index 3 at position 0 is out of range for axis 1 of (2, 3)"},
        {[] {
           scatter_add(zeros({2}), tensor({1, 0}), zeros({1}), 0);
         },
         "scatter_add: indices (2,) and source (1,) differ in shape"},
        {[] {
           scatter_add(zeros({2, 3}), zeros({1, 2}, int64), zeros({1, 2}), 0);
         },
         "scatter_add: source (1, 2) differs from (2, 3) in more than axis 0"},
        {[] { scatter_add(zeros({2}), tensor({0}), zeros({1}, float64), 0); },
         "scatter_add: dtypes differ: float32 and float64"},
        {[] { scatter_add(zeros({2}, boolean), tensor({0}), zeros({1}, boolean), 0); },
         "scatter_add: does not support boolean"},
        {[] { scatter_add(zeros({2}), tensor({0}), zeros({1}), 1); }, "scatter_add: axis 1 is out of range"}}},
      {"scatter_add(inner)",
       [](const Tensors& x) { return scatter_add(x[0], pattern_of(x[1].shape()), x[1], -1); },
       [](const std::vector<Plain>& x) {
         return make(x[0].shape, [&](const Index& at) {
           double sum = x[0].at(at);
           Index from = at;
           for (from.back() = 0; from.back() < x[1].shape.back(); ++from.back())
             if (pattern(from) == at.back()) sum += x[1].at(from);
           return sum;
         });
       },
       {{{{2, 3}, {2, 3}}}, {{{2, 5}, {2, 4}}}},
       {}},
  };
}

}  // namespace

std::vector<Row> indexing_rows() {
  std::vector<Row> rows = window_rows();
  for (Row& row : take_rows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace retrograd::tests
