#include "../reference.h"

#include <algorithm>

namespace retrograd::tests {

std::vector<Row> view_rows() {
  return {
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
         return moveaxis(transpose(x[0], {1, 2, 0}), -1, 0);
       },
       [](const std::vector<Plain>& x) { return x[0]; },
       {{{{2, 3, 4}}}},
       {{[] {
           transpose(zeros({2, 3}), {0});
         },
         "transpose: 1 axes given for a tensor of shape (2, 3)"}}},
  };
}

}  // namespace retrograd::tests
