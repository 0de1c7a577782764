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
         "reshape: (2, 3) does not fit (-1, 4)"}}},
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
       {{[] { scaled(zeros({2}, int64), 2); }, "scaled: takes float32 or float64, got int64"}}},
      {"alias", [](const Tensors& x) { return alias(x[0]); }, each([](double v) { return v; }), kUnarySamples, {}},
      {"detach",
       [](const Tensors& x) { return detach(x[0]); },
       each([](double v) { return v; }),
       kUnarySamples,
       {},
       nullptr,
       0},
      {"transpose",
       [](const Tensors& x) { return transpose(x[0]); },
       [](const std::vector<Plain>& x) {
         return make(Index(x[0].shape.rbegin(), x[0].shape.rend()),
                     [&](const Index& i) { return x[0].at(Index(i.rbegin(), i.rend())); });
       },
       {{{{}}}, {{{3}}}, {{{3, 5}}}, {{{2, 3, 4}}}, {{{0, 2}}}},
       {{[] {
           transpose(zeros({2, 3}), {0});
         },
         "transpose: 1 axes given for a tensor of shape (2, 3)"},
        {[] {
           transpose(zeros({2, 3}), {0, 0});
         },
         "transpose: axis 0 is given twice"},
        {[] {
           transpose(zeros({2, 3}), {0, 2});
         },
         "transpose: axis 2 is out of range for 2 axes"}}},
      {"transpose(axes)",
       [](const Tensors& x) {
         return transpose(x[0], {2, 0, -2});
       },
       [](const std::vector<Plain>& x) {
         const Index& s = x[0].shape;
         return make({s[2], s[0], s[1]}, [&](const Index& i) { return x[0].at({i[1], i[2], i[0]}); });
       },
       {{{{2, 3, 4}}}, {{{1, 5, 2}}}},
       {}},
      {"slice",
       [](const Tensors& x) { return slice(x[0], -1, 1, 3); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape.back() = 2;
         return make(shape, [&](Index i) {
           i.back() += 1;
           return x[0].at(i);
         });
       },
       {{{{3}}}, {{{4, 5}}}, {{{2, 3, 4}}}, {{{0, 3}}}},
       {{[] {
           slice(zeros({2, 3}), 1, 1, 4);
         },
         "slice: [1, 4) is not a range within axis 1 of (2, 3)"},
        {[] {
           slice(zeros({2, 3}), 2, 0, 1);
         },
         "slice: axis 2 is out of range for 2 axes"},
        {[] {
           slice(zeros({2, 3}), 0, 2, 1);
         },
         "slice: [2, 1) is not a range"},
        {[] { slice(zeros({3}), 0, 0, 3, 0); }, "slice: the step must be at least 1, got 0"},
        {[] { slice(zeros({3}), 0, 0, 3, -1); }, "slice: the step must be at least 1, got -1"},
        {[] { slice(zeros({3}), 0, INT64_MIN, 3); }, "slice: [-9223372036854775808, 3) is not a range"}}},
      {"slice(outer)",
       [](const Tensors& x) { return slice(x[0], 0, 0, 2); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape[0] = 2;
         return make(shape, [&](const Index& i) { return x[0].at(i); });
       },
       {{{{2}}}, {{{4, 5}}}, {{{3, 2, 2}}}},
       {}},
      {"slice(step)",
       [](const Tensors& x) { return slice(x[0], 0, 1, x[0].size(0), 3); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape[0] = (shape[0] + 1) / 3;
         return make(shape, [&](Index at) {
           at[0] = 3 * at[0] + 1;
           return x[0].at(at);
         });
       },
       {{{{1}}}, {{{2}}}, {{{8}}}, {{{6, 2}}}, {{{5, 2, 2}}}, {{{4, 0}}}},
       {}},
      {"slice(a step beyond the end)",
       [](const Tensors& x) { return slice(x[0], -1, 1, 2, INT64_MAX); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape.back() = 1;
         return make(shape, [&](Index at) {
           at.back() = 1;
           return x[0].at(at);
         });
       },
       {{{{2}}}, {{{3, 4}}}},
       {}},
      {"flip",
       [](const Tensors& x) { return flip(x[0]); },
       [](const std::vector<Plain>& x) {
         return Plain{x[0].shape, {x[0].values.rbegin(), x[0].values.rend()}};
       },
       {{{{}}}, {{{1}}}, {{{7}}}, {{{3, 4}}}, {{{2, 3, 2}}}, {{{0, 2}}}},
       {{[] {
           flip(zeros({2, 3}), 2);
         },
         "flip: axis 2 is out of range for 2 axes"},
        {[] {
           flip(zeros({2, 3}), {0, -2});
         },
         "flip: axis -2 is given twice"}}},
      {"flip(axis -1)",
       [](const Tensors& x) { return flip(x[0], -1); },
       [](const std::vector<Plain>& x) {
         return make(x[0].shape, [&](Index at) {
           at.back() = x[0].shape.back() - 1 - at.back();
           return x[0].at(at);
         });
       },
       {{{{3, 4}}}, {{{2, 3, 2}}}},
       {}},
      {"flip(axis 0)",
       [](const Tensors& x) { return flip(x[0], {0}); },
       [](const std::vector<Plain>& x) {
         return make(x[0].shape, [&](Index at) {
           at[0] = x[0].shape[0] - 1 - at[0];
           return x[0].at(at);
         });
       },
       {{{{3, 4}}}, {{{2, 3, 2}}}},
       {}},
      {"diagonal",
       [](const Tensors& x) { return diagonal(x[0]); },
       [](const std::vector<Plain>& x) {
         const Index& s = x[0].shape;
         Index shape(s.begin() + 2, s.end());
         shape.push_back(std::min(s[0], s[1]));
         return make(shape, [&](Index at) {
           const std::int64_t i = at.back();
           at.pop_back();
           at.insert(at.begin(), {i, i});
           return x[0].at(at);
         });
       },
       {{{{1, 1}}}, {{{3, 3}}}, {{{2, 5}}}, {{{4, 2}}}, {{{3, 2, 4}}}, {{{0, 3}}}},
       {{[] { diagonal(zeros({2})); }, "diagonal: axis 1 is out of range for 1 axes"},
        {[] {
           diagonal(zeros({2, 3}), 0, 1, -1);
         },
         "diagonal: axes 1 and -1 of (2, 3) are the same"}}},
      {"diagonal(above)",
       [](const Tensors& x) { return diagonal(x[0], 1, -1, 0); },
       [](const std::vector<Plain>& x) {
         const Index& s = x[0].shape;
         const std::int64_t n = std::max<std::int64_t>(0, std::min(s.back(), s[0] - 1));
         Index shape(s.begin() + 1, s.end() - 1);
         shape.push_back(n);
         return make(shape, [&](Index at) {
           const std::int64_t i = at.back();
           at.back() = i;
           at.insert(at.begin(), i + 1);
           return x[0].at(at);
         });
       },
       {{{{3, 3}}}, {{{2, 4}}}, {{{5, 2}}}, {{{3, 2, 4}}}, {{{1, 3}}}},
       {}},
      {"diagonal(below)",
       [](const Tensors& x) { return diagonal(x[0], -2); },
       [](const std::vector<Plain>& x) {
         const Index& s = x[0].shape;
         return make({std::max<std::int64_t>(0, std::min(s[0] - 2, s[1]))}, [&](const Index& at) {
           return x[0].at({at[0] + 2, at[0]});
         });
       },
       {{{{3, 3}}}, {{{5, 2}}}, {{{2, 4}}}},
       {}},
      {"diagonal(out of sight)",
       [](const Tensors& x) { return sum(diagonal(x[0], INT64_MIN)) + sum(diagonal(x[0], INT64_MAX)); },
       [](const std::vector<Plain>&) {
         return Plain{{}, {0}};
       },
       {{{{3, 3}}}, {{{1, 2}}}},
       {}},
      {"swapaxes",
       [](const Tensors& x) { return swapaxes(x[0], 0, -1); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         std::swap(shape.front(), shape.back());
         return make(shape, [&](Index at) {
           std::swap(at.front(), at.back());
           return x[0].at(at);
         });
       },
       {{{{3}}}, {{{2, 3}}}, {{{2, 3, 4}}}},
       {{[] { swapaxes(zeros({2}), 0, 1); }, "swapaxes: axis 1 is out of range for 1 axes"}}},
      {"moveaxis",
       [](const Tensors& x) { return moveaxis(x[0], 0, -1); },
       [](const std::vector<Plain>& x) {
         Index shape(x[0].shape.begin() + 1, x[0].shape.end());
         shape.push_back(x[0].shape[0]);
         return make(shape, [&](Index at) {
           at.insert(at.begin(), at.back());
           at.pop_back();
           return x[0].at(at);
         });
       },
       {{{{3}}}, {{{2, 3}}}, {{{2, 3, 4}}}},
       {{[] { moveaxis(zeros({2}), 1, 0); }, "moveaxis: axis 1 is out of range for 1 axes"},
        {[] { moveaxis(zeros({2}), 0, -2); }, "moveaxis: axis -2 is out of range for 1 axes"}}},
      {"moveaxis(back)",
       [](const Tensors& x) {
         return moveaxis(permute(x[0], {1, 2, 0}), -1, 0);
       },
       [](const std::vector<Plain>& x) { return x[0]; },
       {{{{2, 3, 4}}}},
       {{[] {
           permute(zeros({2, 3}), {0});
         },
         "transpose: 1 axes given for a tensor of shape (2, 3)"}}},
      {"flatten",
       [](const Tensors& x) { return flatten(x[0]); },
       [](const std::vector<Plain>& x) {
         return Plain{{static_cast<std::int64_t>(x[0].values.size())}, x[0].values};
       },
       {{{{}}}, {{{3}}}, {{{2, 3}}}, {{{2, 3, 2}}}, {{{0, 3}}}},
       {{[] {
           flatten(zeros({2, 3}), 1, 0);
         },
         "flatten: axis 0 stands before axis 1 in (2, 3)"},
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
         "expand_dims: (1, 1, 1, 1, 1, 1, 1, 1) has the most axes there are, 8"}}},
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
       {{[] { astype(tensor({300}), uint8); }, "astype: uint8 can't hold 300"},
        {[] { astype(tensor({NAN}), int64); }, "astype: int64 can't hold nan"},
        {[] { astype(tensor({-1.0}), uint8); }, "astype: uint8 can't hold -1"}},
       nullptr,
       0},
  };
}

}  // namespace retrograd::tests
