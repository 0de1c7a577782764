#include "../reference.h"

#include <algorithm>
#include <cmath>

namespace retrograd::tests {

std::vector<Row> shape_rows() {
  return {
      {"where",
       [](const Tensors& x) { return where(x[0] > 0, x[1], x[2]); },
       [](const std::vector<Plain>& x) {
         return make(broadcast(x[0].shape, broadcast(x[1].shape, x[2].shape)), [&](const Index& i) {
           return at_broadcast(x[0], i) > 0 ? at_broadcast(x[1], i) : at_broadcast(x[2], i);
         });
       },
       {{{{}, {}, {}}}, {{{4, 5}, {4, 5}, {4, 5}}}, {{{4, 1}, {5}, {}}}, {{{5}, {4, 1}, {4, 5}}}, {{{0, 2}, {2}, {}}}},
       {{[] { where(zeros({2}), 1, zeros({2})); }, "where: the mask must be boolean, got float32"},
        {[] { where(zeros({2}) > 0, zeros({3}), 1); }, "where: shapes do not broadcast: (2,) and (3,)"}}},
      {"broadcast_to",
       [](const Tensors& x) {
         return broadcast_to(x[0], {2, 3, 4});
       },
       [](const std::vector<Plain>& x) {
         return make({2, 3, 4}, [&](const Index& i) { return at_broadcast(x[0], i); });
       },
       {{{{}}}, {{{4}}}, {{{3, 1}}}, {{{2, 1, 4}}}},
       {{[] {
           broadcast_to(zeros({2, 3}), {2, 4});
         },
         "broadcast_to: (2, 3) does not broadcast to (2, 4)"}}},
      {"sum_to",
       [](const Tensors& x) {
         return sum_to(x[0], {3, 1});
       },
       [](const std::vector<Plain>& x) {
         Plain out = fold(x[0], {0, 2}, true, 0, plus);
         return Plain{{3, 1}, out.values};
       },
       {{{{2, 3, 4}}}, {{{1, 3, 1}}}, {{{0, 3, 2}}}},
       {{[] {
           sum_to(zeros({2, 3}), {2, 2});
         },
         "sum_to: (2, 2) does not broadcast to (2, 3)"}}},
      {"reshape",
       [](const Tensors& x) {
         return reshape(x[0], {4, -1});
       },
       [](const std::vector<Plain>& x) {
         return Plain{{4, static_cast<std::int64_t>(x[0].values.size()) / 4}, x[0].values};
       },
       {{{{2, 6}}}, {{{4}}}, {{{2, 2, 5}}}},
       {{[] {
           reshape(zeros({2, 3}), {4, 2});
         },
         "reshape: (2, 3) has 6 elements, (4, 2) has 8"},
        {[] {
           reshape(zeros({2, 3}), {-1, -1});
         },
         "reshape: (2, 3) does not fit (-1, -1)"},
        {[] {
           reshape(zeros({2, 3}), {-1, 4});
         },
         "reshape: (2, 3) does not fit (-1, 4)"},
        {[] {
           reshape(zeros({2, 3}), {1LL << 32, 1LL << 32, -1});
         },
         "reshape: (2, 3) does not fit (4294967296, 4294967296, -1)"}}},
      {"stack",
       [](const Tensors& x) { return stack(x); },
       [](const std::vector<Plain>& x) {
         Plain out{{static_cast<std::int64_t>(x.size())}, {}};
         out.shape.insert(out.shape.end(), x[0].shape.begin(), x[0].shape.end());
         for (const Plain& one : x) out.values.insert(out.values.end(), one.values.begin(), one.values.end());
         return out;
       },
       {{{{}, {}}}, {{{3}, {3}, {3}}}, {{{2, 3}, {2, 3}}}, {{{1, 3}}}, {{{0}, {0}}}},
       {{[] { stack(Tensors{}); }, "stack: needs at least one tensor"},
        {[] {
           stack(Tensors{zeros({2}), zeros({3})});
         },
         "stack: shapes differ: (2,) and (3,)"},
        {[] {
           stack(Tensors{zeros({2}), zeros({2}, float64)});
         },
         "stack: dtypes differ: float32 and float64"}}},
      {"unstack",
       [](const Tensors& x) { return unstack(x[0], 1); },
       [](const std::vector<Plain>& x) {
         const Index shape(x[0].shape.begin() + 1, x[0].shape.end());
         const auto width = static_cast<std::size_t>(size_of_shape(shape));
         return Plain{shape,
                      {x[0].values.begin() + static_cast<std::ptrdiff_t>(width),
                       x[0].values.begin() + static_cast<std::ptrdiff_t>(2 * width)}};
       },
       {{{{2}}}, {{{3, 4}}}, {{{2, 1, 3}}}},
       {{[] {
           unstack(zeros({2, 3}), 2);
         },
         "unstack: index 2 is out of range for (2, 3)"},
        {[] { unstack(zeros({}), 0); }, "unstack: a scalar has no axis"}}},
      {"scaled",
       [](const Tensors& x) { return scaled(x[0], -1.5); },
       each([](double v) { return -1.5 * v; }),
       kUnarySamples,
       {{[] { scaled(zeros({2}, int64), 2); }, "scaled: expects float32 or float64, got int64"}}},
      {"alias", [](const Tensors& x) { return alias(x[0]); }, each([](double v) { return v; }), kUnarySamples, {}},
      {"detach",
       [](const Tensors& x) { return detach(x[0]); },
       each([](double v) { return v; }),
       kUnarySamples,
       {},
       nullptr,
       0},
      {"flatten",
       [](const Tensors& x) { return flatten(x[0]); },
       [](const std::vector<Plain>& x) {
         return Plain{{static_cast<std::int64_t>(x[0].values.size())}, x[0].values};
       },
       {{{{}}}, {{{3}}}, {{{2, 3}}}, {{{2, 3, 2}}}, {{{0, 3}}}},
       {{[] {
           flatten(zeros({2, 3}), 1, 0);
         },
         "flatten: axis 0 comes before axis 1 in (2, 3)"},
        {[] {
           flatten(zeros({2, 3}), 2);
         },
         "flatten: axis 2 is out of range for 2 axes"},
        {[] { flatten(zeros({}), 0, 1); }, "flatten: axis 1 is out of range for 1 axes"}}},
      {"flatten(from axis 1)",
       [](const Tensors& x) { return flatten(x[0], 1); },
       [](const std::vector<Plain>& x) {
         const std::int64_t rows = x[0].shape[0];
         return Plain{{rows, static_cast<std::int64_t>(x[0].values.size()) / rows}, x[0].values};
       },
       {{{{2, 3}}}, {{{2, 3, 2}}}, {{{2, 1, 2, 2}}}},
       {}},
      {"contiguous",
       [](const Tensors& x) { return contiguous(x[0]); },
       each([](double v) { return v; }),
       kUnarySamples,
       {}},
      {"contiguous(of a transposed matrix)",
       [](const Tensors& x) { return contiguous(transpose(x[0])); },
       [](const std::vector<Plain>& x) {
         return make({x[0].shape[1], x[0].shape[0]}, [&](const Index& at) { return x[0].at({at[1], at[0]}); });
       },
       {{{{2, 3}}}, {{{1, 3}}}, {{{0, 3}}}},
       {}},
      {"squeeze",
       [](const Tensors& x) { return squeeze(x[0]); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         std::erase(shape, 1);
         return Plain{shape, x[0].values};
       },
       {{{{}}}, {{{1}}}, {{{3}}}, {{{1, 3, 1, 2}}}, {{{1, 0}}}},
       {}},
      {"squeeze(axes)",
       [](const Tensors& x) {
         return squeeze(x[0], {0, -1});
       },
       [](const std::vector<Plain>& x) {
         return Plain{{x[0].shape.begin() + 1, x[0].shape.end() - 1}, x[0].values};
       },
       {{{{1, 3, 1}}}, {{{1, 1, 1}}}, {{{1, 3, 2, 1}}}},
       {{[] {
           squeeze(zeros({2, 1}), 0);
         },
         "squeeze: axis 0 of (2, 1) is not of size 1"},
        {[] {
           squeeze(zeros({2, 1}), 2);
         },
         "squeeze: axis 2 is out of range for 2 axes"}}},
      {"expand_dims",
       [](const Tensors& x) { return expand_dims(x[0], -1); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape.push_back(1);
         return Plain{shape, x[0].values};
       },
       {{{{}}}, {{{3}}}, {{{2, 1, 3}}}, {{{0, 2}}}},
       {{[] { expand_dims(zeros({2}), 2); }, "expand_dims: axis 2 is out of range for 2 axes"},
        {[] {
           expand_dims(zeros({1, 1, 1, 1, 1, 1, 1, 1}), 0);
         },
         "expand_dims: (1, 1, 1, 1, 1, 1, 1, 1) already has the maximum of 8 axes"}}},
      {"expand_dims(inside)",
       [](const Tensors& x) { return expand_dims(x[0], 1); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape.insert(shape.begin() + 1, 1);
         return Plain{shape, x[0].values};
       },
       {{{{3}}}, {{{2, 3}}}},
       {}},
      {"astype",
       [](const Tensors& x) { return astype(astype(x[0], float32), x[0].dtype()); },
       each([](double v) { return double(float(v)); }),
       {{{{}}}, {{{3, 4}}}},
       {{[] { astype(tensor({300}), uint8); }, "astype: uint8 cannot hold 300"},
        {[] { astype(tensor({NAN}), int64); }, "astype: int64 cannot hold nan"},
        {[] { astype(tensor({-1.0}), uint8); }, "astype: uint8 cannot hold -1"}},
       nullptr,
       0},
  };
}

}  // namespace retrograd::tests
