#include "../reference.h"

namespace retrograd::tests {

namespace {

// Parts one behind the other along an axis.
Plain joined(const std::vector<Plain>& x, std::size_t axis) {
  Index shape = x[0].shape;
  for (std::size_t i = 1; i < x.size(); ++i) shape[axis] += x[i].shape[axis];
  return make(shape, [&](Index at) {
    std::size_t part = 0;
    while (at[axis] >= x[part].shape[axis]) at[axis] -= x[part++].shape[axis];
    return x[part].at(at);
  });
}

// Element `at` of x moved along an axis.
double moved(const Plain& x, Index at, std::size_t axis, std::int64_t by) {
  at[axis] += by;
  return x.at(at);
}

Plain times_along(const Plain& x, std::size_t axis, std::int64_t times, bool each_element) {
  Index shape = x.shape;
  shape[axis] *= times;
  return make(shape, [&](Index at) {
    at[axis] = each_element ? at[axis] / times : at[axis] % x.shape[axis];
    return x.at(at);
  });
}

Plain triangle(const Plain& x, std::int64_t k, bool lower) {
  return make(x.shape, [&](const Index& at) {
    const std::int64_t above = at[at.size() - 1] - at[at.size() - 2];
    return (lower ? above <= k : above >= k) ? x.at(at) : 0.0;
  });
}

std::vector<Row> join_rows() {
  return {
      {"concatenate",
       [](const Tensors& x) { return concatenate(x); },
       [](const std::vector<Plain>& x) { return joined(x, 0); },
       {{{{3}, {2}}}, {{{3}, {3}}}, {{{1}}}, {{{2, 3}, {1, 3}, {4, 3}}}, {{{0, 2}, {3, 2}}}, {{{2, 0}, {1, 0}}}},
       {{[] { concatenate(Tensors{}); }, "concatenate: needs at least one tensor"},
        {[] {
           concatenate({zeros({}), zeros({})});
         },
         "concatenate: scalars have no axis"},
        {[] {
           concatenate({zeros({2, 3}), zeros({2, 4})});
         },
         "concatenate: shapes differ in more than axis 0: (2, 3) and (2, 4)"},
        {[] {
           concatenate({zeros({2, 3}), zeros({2})}, 1);
         },
         "concatenate: shapes differ in more than axis 1: (2, 3) and (2,)"},
        {[] {
           concatenate({zeros({2}), zeros({2}, float64)});
         },
         "concatenate: dtypes differ: float32 and float64"},
        {[] {
           const Tensor long_one = broadcast_to(zeros({}), {INT64_MAX});
           concatenate({long_one, long_one});
         },
         "concatenate: axis 0 exceeds 64 bits"},
        {[] { concatenate({zeros({2})}, 1); }, "concatenate: axis 1 is out of range for 1 axes"}}},
      {"concatenate(axis -2)",
       [](const Tensors& x) { return concatenate(x, -2); },
       [](const std::vector<Plain>& x) { return joined(x, x[0].shape.size() - 2); },
       {{{{2, 3}, {2, 3}}}, {{{2, 3, 2}, {2, 1, 2}, {2, 2, 2}}}},
       {}},
      {"stack(axis -1)",
       [](const Tensors& x) { return stack(x, -1); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape.push_back(static_cast<std::int64_t>(x.size()));
         return make(shape, [&](Index at) {
           const auto part = static_cast<std::size_t>(at.back());
           at.pop_back();
           return x[part].at(at);
         });
       },
       {{{{}, {}}}, {{{3}, {3}, {3}}}, {{{2, 3}, {2, 3}}}, {{{0, 2}, {0, 2}}}},
       {{[] { stack(Tensors{}, 1); }, "stack: needs at least one tensor"},
        {[] {
           stack({zeros({2}), zeros({3})}, 1);
         },
         "stack: shapes differ: (2,) and (3,)"},
        {[] {
           stack({zeros({2}), zeros({2}, float64)}, 1);
         },
         "stack: dtypes differ: float32 and float64"},
        {[] { stack({zeros({2})}, 2); }, "stack: axis 2 is out of range for 2 axes"}}},
      {"split(sections)",
       [](const Tensors& x) {
         const std::vector<Tensor> parts = split(x[0], 3, -1);
         return parts[0] * parts[2] + parts[1];
       },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         const std::int64_t width = shape.back() /= 3;
         const std::size_t last = shape.size() - 1;
         return make(shape, [&](const Index& at) {
           return x[0].at(at) * moved(x[0], at, last, 2 * width) + moved(x[0], at, last, width);
         });
       },
       {{{{3}}}, {{{2, 6}}}, {{{0, 3}}}},
       {{[] {
           split(zeros({2, 4}), 3, 1);
         },
         "split: axis 1 of (2, 4) cannot be split into 3 equal parts"},
        {[] { split(zeros({4}), 0); }, "split: axis 0 of (4,) cannot be split into 0 equal parts"},
        {[] { split(zeros({4}), 2, 1); }, "split: axis 1 is out of range for 1 axes"}}},
      {"split(sizes)",
       [](const Tensors& x) {
         const std::vector<Tensor> parts = split(x[0], {2, 0, 1});
         return parts[0] * parts[2] + sum(parts[1]);
       },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape[0] = 2;
         return make(shape, [&](const Index& at) { return x[0].at(at) * moved(x[0], at, 0, 2 - at[0]); });
       },
       {{{{3}}}, {{{3, 4}}}},
       {{[] {
           split(zeros({4}), {2, 3});
         },
         "split: the sizes (2, 3) do not add up to axis 0 of (4,)"},
        {[] { split(zeros({4}), {3}); }, "split: the sizes (3) do not add up to axis 0 of (4,)"},
        {[] {
           split(zeros({4}), {5, -1});
         },
         "split: the sizes (5, -1) do not add up"},
        {[] {
           split(zeros({4}), {-1, 5});
         },
         "split: sizes cannot be negative, got (-1, 5)"}}},
  };
}

std::vector<Row> padding_rows() {
  return {
      {"pad",
       [](const Tensors& x) {
         return pad(x[0], {{1, 0}, {0, 2}}, 0.5);
       },
       [](const std::vector<Plain>& x) {
         return make({x[0].shape[0] + 1, x[0].shape[1] + 2}, [&](const Index& at) {
           return at[0] > 0 && at[1] < x[0].shape[1] ? x[0].at({at[0] - 1, at[1]}) : 0.5;
         });
       },
       {{{{2, 3}}}, {{{1, 1}}}, {{{0, 3}}}},
       {{[] {
           pad(zeros({2, 3}), {{1, 1}});
         },
         "pad: 1 margins given for a tensor of shape (2, 3)"},
        {[] {
           pad(zeros({2, 3}), {{1, 1}, {0, -1}});
         },
         "pad: margins cannot be negative, got {0, -1} for axis 1"},
        {[] {
           pad(zeros({2}), {{INT64_MAX, 0}});
         },
         "pad: axis 0 of (2,) exceeds 64 bits"},
        {[] {
           pad(zeros({2}, int64), {{1, 0}}, 0.5);
         },
         "0.5 does not fit the dtype int64"}}},
      {"pad(scalar)", [](const Tensors& x) { return pad(x[0], {}); }, each([](double v) { return v; }), {{{{}}}}, {}},
      {"roll",
       [](const Tensors& x) { return roll(x[0], -4, 0); },
       [](const std::vector<Plain>& x) {
         return make(x[0].shape, [&](Index at) {
           at[0] = (at[0] + 4) % x[0].shape[0];
           return x[0].at(at);
         });
       },
       {{{{1}}}, {{{3}}}, {{{4}}}, {{{7, 2}}}, {{{2, 3, 2}}}, {{{0, 3}}}},
       {{[] { roll(zeros({2}), 1, 1); }, "roll: axis 1 is out of range for 1 axes"},
        {[] { roll(zeros({}), 1, 0); }, "roll: axis 0 is out of range for 0 axes"}}},
      {"roll(inner)",
       [](const Tensors& x) { return roll(x[0], 5, -1); },
       [](const std::vector<Plain>& x) {
         const std::int64_t size = x[0].shape.back();
         return make(x[0].shape, [&](Index at) {
           at.back() = ((at.back() - 5) % size + size) % size;
           return x[0].at(at);
         });
       },
       {{{{3, 4}}}, {{{2, 2, 3}}}},
       {}},
      {"repeat",
       [](const Tensors& x) { return repeat(x[0], 3, 0); },
       [](const std::vector<Plain>& x) { return times_along(x[0], 0, 3, true); },
       {{{{1}}}, {{{3}}}, {{{2, 3}}}, {{{0, 3}}}},
       {{[] { repeat(zeros({2}), -1, 0); }, "repeat: the number of times cannot be negative, got -1"},
        {[] { repeat(zeros({2}), 1, 1); }, "repeat: axis 1 is out of range for 1 axes"},
        {[] { repeat(zeros({2}), INT64_MAX, 0); },
         "repeat: 9223372036854775807 times axis 0 of (2,) exceeds 64 bits"}}},
      {"repeat(inner)",
       [](const Tensors& x) { return repeat(x[0], 2, -1); },
       [](const std::vector<Plain>& x) { return times_along(x[0], x[0].shape.size() - 1, 2, true); },
       {{{{2, 3}}}, {{{2, 1, 3}}}},
       {}},
      {"repeat(no times)",
       [](const Tensors& x) { return repeat(x[0], 0, 0); },
       [](const std::vector<Plain>& x) { return times_along(x[0], 0, 0, true); },
       {{{{2, 3}}}},
       {}},
      {"tile",
       [](const Tensors& x) {
         return tile(x[0], {2, 3});
       },
       [](const std::vector<Plain>& x) {
         Plain wide = x[0];
         while (wide.shape.size() < 2) wide.shape.insert(wide.shape.begin(), 1);
         const std::size_t rank = wide.shape.size();
         return times_along(times_along(wide, rank - 1, 3, false), rank - 2, 2, false);
       },
       {{{{}}}, {{{3}}}, {{{2, 3}}}, {{{2, 1, 2}}}, {{{0, 2}}}},
       {{[] {
           tile(zeros({2}), {1, -1});
         },
         "tile: the number of times cannot be negative, got -1"},
        {[] {
           tile(zeros({2}), {1, 1, 1, 1, 1, 1, 1, 1, 1});
         },
         "tile: at most 8 axes, got 9"}}},
      {"tril",
       [](const Tensors& x) { return tril(x[0]); },
       [](const std::vector<Plain>& x) { return triangle(x[0], 0, true); },
       {{{{1, 1}}}, {{{3, 3}}}, {{{2, 4}}}, {{{2, 4, 3}}}, {{{0, 2}}}, {{{2, 0}}}},
       {{[] { tril(zeros({3})); }, "tril: needs matrices, got shape (3,)"}}},
      {"tril(k -1)",
       [](const Tensors& x) { return tril(x[0], -1); },
       [](const std::vector<Plain>& x) { return triangle(x[0], -1, true); },
       {{{{3, 3}}}, {{{4, 2}}}},
       {}},
      {"triu",
       [](const Tensors& x) { return triu(x[0]); },
       [](const std::vector<Plain>& x) { return triangle(x[0], 0, false); },
       {{{{1, 1}}}, {{{3, 3}}}, {{{2, 4}}}, {{{2, 4, 3}}}, {{{0, 2}}}},
       {{[] { triu(zeros({})); }, "triu: needs matrices, got shape ()"}}},
      {"triu(k 1)",
       [](const Tensors& x) { return triu(x[0], 1); },
       [](const std::vector<Plain>& x) { return triangle(x[0], 1, false); },
       {{{{3, 3}}}, {{{4, 2}}}},
       {}},
      {"triu(far)",
       [](const Tensors& x) { return triu(x[0], INT64_MIN) + triu(x[0], INT64_MAX) + tril(x[0], INT64_MIN); },
       each([](double v) { return v; }),
       {{{{3, 2}}}},
       {}},
  };
}

}  // namespace

std::vector<Row> joining_rows() {
  std::vector<Row> rows = join_rows();
  for (Row& row : padding_rows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace retrograd::tests
