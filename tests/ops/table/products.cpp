#include "../reference.h"

#include <cmath>
#include <string>

namespace retrograd::tests {

namespace {

// Rows and columns are the last two axes, those before them broadcast; a vector is one row or one column.
Plain matmul_of(const std::vector<Plain>& x) {
  Plain a = x[0], b = x[1];
  const bool vector_a = a.shape.size() == 1, vector_b = b.shape.size() == 1;
  if (vector_a) a.shape.insert(a.shape.begin(), 1);
  if (vector_b) b.shape.push_back(1);
  const std::int64_t inner = a.shape.back();
  Index shape = broadcast({a.shape.begin(), a.shape.end() - 2}, {b.shape.begin(), b.shape.end() - 2});
  shape.push_back(a.shape[a.shape.size() - 2]);
  shape.push_back(b.shape.back());
  Plain c = make(shape, [&](const Index& i) {
    double total = 0;
    Index left = i, right = i;
    for (std::int64_t k = 0; k < inner; ++k) {
      left.back() = k;
      right[i.size() - 2] = k;
      total += at_broadcast(a, left) * at_broadcast(b, right);
    }
    return total;
  });
  if (vector_b) c.shape.pop_back();
  if (vector_a) c.shape.erase(c.shape.end() - (vector_b ? 1 : 2));
  return c;
}
Plain outer_of(const std::vector<Plain>& x) {
  return make({x[0].shape[0], x[1].shape[0]}, [&](const Index& i) { return x[0].at({i[0]}) * x[1].at({i[1]}); });
}

// The cross product of vectors along this axis of what x broadcasts to.
Plain cross_of(const std::vector<Plain>& x, std::size_t axis) {
  return make(broadcast(x[0].shape, x[1].shape), [&](Index at) {
    const std::int64_t i = at[axis];
    const auto of = [&](const Plain& operand, std::int64_t k) {
      at[axis] = k % 3;
      return at_broadcast(operand, at);
    };
    return of(x[0], i + 1) * of(x[1], i + 2) - of(x[0], i + 2) * of(x[1], i + 1);
  });
}

// Letters without "...": the sum over all values of all letters, element of the result by element.
Reference einsum_of(std::string subscripts) {
  return [subscripts](const std::vector<Plain>& x) {
    const std::size_t arrow = subscripts.find("->");
    const std::string result = subscripts.substr(arrow + 2);
    std::string letters = result;  // those of the result first
    Index sizes(result.size(), 1);
    std::vector<std::vector<std::size_t>> places(1);
    for (char c : subscripts.substr(0, arrow)) {
      if (c == ',') {
        places.emplace_back();
        continue;
      }
      const std::size_t known = letters.find(c), at = known == std::string::npos ? letters.size() : known;
      if (known == std::string::npos) letters.push_back(c), sizes.push_back(1);
      const std::int64_t size = x[places.size() - 1].shape[places.back().size()];
      if (size != 1) sizes[at] = size;
      places.back().push_back(at);
    }
    Plain y = make({sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(result.size())},
                   [](const Index&) { return 0.0; });
    for (std::int64_t flat = 0; flat < size_of_shape(sizes); ++flat) {
      const Index all = index_of(flat, sizes);
      double term = 1;
      for (std::size_t operand = 0; operand < x.size(); ++operand) {
        Index own;
        for (std::size_t axis = 0; axis < places[operand].size(); ++axis)
          own.push_back(x[operand].shape[axis] == 1 ? 0 : all[places[operand][axis]]);
        term *= x[operand].at(own);
      }
      std::int64_t into = 0;
      for (std::size_t i = 0; i < result.size(); ++i) into = into * sizes[i] + all[i];
      y.values[static_cast<std::size_t>(into)] += term;
    }
    return y;
  };
}
Row einsum_row(const std::string& subscripts, const std::string& spelled_out, std::vector<Sample> samples) {
  return {"einsum(" + subscripts + ")", [subscripts](const Tensors& x) { return einsum(subscripts, x); },
          einsum_of(spelled_out), std::move(samples)};
}
Row einsum_row(const std::string& subscripts, std::vector<Sample> samples) {
  return einsum_row(subscripts, subscripts, std::move(samples));
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
        {{{0, 3}, {3, 2}}},
        {{{3, 3}, {3, 3}}},
        {{{2, 3, 4}, {4, 5}}},  // one matrix for all
        {{{3, 4}, {2, 4, 5}}},  // on the left
        {{{3, 4}, {2, 4, 1}}},  // of columns
        {{{2, 3, 4}, {2, 4, 5}}},
        {{{2, 3, 4}, {4}}},
        {{{4}, {2, 4, 3}}},
        {{{2, 1, 3, 2}, {4, 2, 3}}},  // broadcast on both sides
        {{{1, 3, 2}, {1, 1, 2, 3}}},
        {{{1, 2, 2}, {3, 2, 2}}},
        {{{2, 2, 2}, {2, 2, 2}}},
        {{{2, 3, 2}, {1, 1, 2, 2}}},
        {{{2, 0, 3}, {2, 3, 2}}},
        {{{2, 2, 0}, {2, 0, 3}}},
        {{{0, 2, 3}, {3, 2}}},
        {{{0, 2, 3}, {0, 3, 2}}},
        {{{2, 1, 1, 1, 1, 2, 2}, {3, 1, 1, 1, 2, 2}}},
        {{{5, 17, 33}, {5, 33, 18}}},  // beyond the smallest kernels
        {{{3, 20, 30}, {30, 40}}}},
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
         "matmul: expects float32 or float64, got int64"},
        {[] {
           matmul(zeros({}), zeros({3, 5}));
         },
         "matmul: expects matrices and vectors, got () x (3, 5)"},
        {[] {
           matmul(zeros({2, 3, 4}), zeros({2, 3, 5}));
         },
         "matmul: inner dimensions differ: (2, 3, 4) x (2, 3, 5)"},
        {[] {
           matmul(zeros({2, 3}), zeros({4, 2, 5}));
         },
         "matmul: inner dimensions differ: (2, 3) x (4, 2, 5)"},
        {[] {
           matmul(zeros({2, 3, 4}), zeros({3, 4, 5}));
         },
         "matmul: leading axes do not broadcast: (2, 3, 4) x (3, 4, 5)"},
        {[] {
           matmul(Tensor(), zeros({3, 5}));
         },
         "handle is empty"}}},
      {"dot",
       [](const Tensors& x) { return dot(x[0], x[1]); },
       matmul_of,
       {{{{3}, {3}}}, {{{1}, {1}}}, {{{0}, {0}}}, {{{37}, {37}}}},
       {{[] {
           dot(zeros({2, 3}), zeros({3}));
         },
         "dot: expects vectors, got (2, 3) and (3,); use matmul for matrices"},
        {[] { dot(zeros({2}), zeros({3})); }, "dot: lengths differ: (2,) and (3,)"},
        {[] { dot(zeros({2}), zeros({2}, float64)); }, "dot: dtypes differ: float32 and float64"},
        {[] { dot(zeros({2}, int64), zeros({2}, int64)); }, "dot: expects float32 or float64, got int64"}}},
      {"cross",
       [](const Tensors& x) { return cross(x[0], x[1]); },
       [](const std::vector<Plain>& x) { return cross_of(x, broadcast(x[0].shape, x[1].shape).size() - 1); },
       {{{{3}, {3}}}, {{{2, 3}, {2, 3}}}, {{{3}, {4, 2, 3}}}, {{{2, 1, 3}, {4, 3}}}, {{{0, 3}, {3}}}},
       {{[] { cross(zeros({3}), zeros({2})); }, "cross: shapes do not broadcast: (3,) and (2,)"},
        {[] { cross(zeros({3}), zeros({1})); }, "cross: expects vectors of size 3 along axis -1, got (3,) and (1,)"},
        {[] { cross(zeros({3}), zeros({3}), 1); }, "cross: axis 1 is out of range for 1 axes"},
        {[] { cross(zeros({3}), zeros({3}, float64)); }, "cross: dtypes differ: float32 and float64"},
        {[] { cross(zeros({3}, uint8), zeros({3}, uint8)); }, "cross: does not support uint8"}}},
      {"cross(first axis)",
       [](const Tensors& x) { return cross(x[0], x[1], 0); },
       [](const std::vector<Plain>& x) { return cross_of(x, 0); },
       {{{{3, 2}, {3, 2}}}, {{{3, 4}, {3, 1}}}}},
      {"outer",
       [](const Tensors& x) { return outer(x[0], x[1]); },
       outer_of,
       {{{{3}, {4}}}, {{{1}, {1}}}, {{{3}, {3}}}, {{{0}, {4}}}, {{{17}, {2}}}},
       {{[] {
           outer(zeros({2, 3}), zeros({3}));
         },
         "outer: expects vectors, got (2, 3) and (3,)"},
        {[] { outer(zeros({2}), zeros({2}, float64)); }, "outer: dtypes differ"}}},
      {"einsum(ij,jk->ik)",
       [](const Tensors& x) { return einsum("ij,jk->ik", x); },
       einsum_of("ij,jk->ik"),
       {{{{3, 4}, {4, 2}}}, {{{3, 3}, {3, 3}}}, {{{0, 3}, {3, 2}}}, {{{2, 0}, {0, 2}}}, {{{3, 1}, {4, 2}}}},
       {{[] {
           einsum("ij,jk->ik", {zeros({2, 3}), zeros({4, 5})});
         },
         "einsum: sizes of 'j' differ: 3 in operand 0, 4 in operand 1"},
        {[] {
           einsum("ij,jk->ik", {zeros({2, 3})});
         },
         "einsum: \"ij,jk->ik\" names 2 operands, got 1"},
        {[] { einsum("", Tensors()); }, "einsum: \"\" names 1 operands, got 0"},
        {[] {
           einsum("ij,jk", {zeros({2, 3}), zeros({3})});
         },
         "einsum: \"jk\" does not fit operand 1 (3,)"},
        {[] {
           einsum("i", {zeros({2, 3})});
         },
         "einsum: \"i\" does not fit operand 0 (2, 3)"},
        {[] {
           einsum("...ijk", {zeros({2, 3})});
         },
         "einsum: \"...ijk\" does not fit operand 0 (2, 3)"},
        {[] {
           einsum("i3", {zeros({2, 3})});
         },
         "einsum: cannot parse '3' in \"i3\""},
        {[] {
           einsum("i..", {zeros({2, 3})});
         },
         "einsum: cannot parse '.' in \"i..\""},
        {[] {
           einsum("...i...", {zeros({2, 3})});
         },
         "einsum: cannot parse '.' in \"...i...\""},
        {[] { einsum("i->j->k", {zeros({2})}); }, "einsum: cannot parse '-' in \"j->k\""},
        {[] {
           einsum("ij->iq", {zeros({2, 3})});
         },
         "einsum: 'q' of the result \"iq\" appears in no operand"},
        {[] {
           einsum("ij->ii", {zeros({2, 3})});
         },
         "einsum: 'i' appears twice in the result \"ii\""},
        {[] {
           einsum("ii", {zeros({2, 3})});
         },
         "einsum: 'i' has sizes 2 and 3 in operand 0 (2, 3)"},
        {[] {
           einsum("...i->i", {zeros({2, 3})});
         },
         "einsum: the result \"i\" lacks the '...' of the operands"},
        {[] {
           einsum("...,...", {zeros({2, 3}), zeros({2, 4})});
         },
         "einsum: sizes of axis -1 of '...' differ"},
        {[] {
           einsum("i,i", {zeros({2}), zeros({2}, float64)});
         },
         "einsum: dtypes differ: float32 and float64"},
        {[] { einsum("i", {zeros({2}, uint8)}); }, "einsum: expects float32, float64 or int64, got uint8"},
        {[] {
           einsum("abcde,fghij", {zeros({1, 1, 1, 1, 1}), zeros({1, 1, 1, 1, 1})});
         },
         "einsum: a product of two operands has 10 axes, at most 8 are possible"}}},
      einsum_row("ij,jk", "ij,jk->ik", {{{{3, 4}, {4, 2}}}}),
      einsum_row("ba", "ba->ab", {{{{3, 4}}}}),
      einsum_row(" k i , j i -> j k ", "ki,ji->jk", {{{{3, 4}, {2, 4}}}}),
      einsum_row("ij->ij", {{{{3, 4}}}}),
      einsum_row("ij->", {{{{3, 4}}}, {{{0, 4}}}}),
      einsum_row("ij->j", {{{{3, 4}}}}),
      einsum_row("ijk->kij", {{{{2, 3, 4}}}}),
      einsum_row("ii->i", {{{{3, 3}}}, {{{1, 1}}}, {{{0, 0}}}}),
      einsum_row("ii", "ii->", {{{{4, 4}}}}),
      einsum_row("iij->ji", {{{{3, 3, 2}}}}),
      einsum_row("iji->j", {{{{3, 2, 3}}}}),
      einsum_row("iii->i", {{{{3, 3, 3}}}}),
      einsum_row("i,i->i", {{{{3}, {3}}}, {{{1}, {3}}}}),
      einsum_row("i,i->", {{{{3}, {3}}}}),
      einsum_row("i,j->ji", {{{{3}, {2}}}}),
      einsum_row("i,j->", {{{{3}, {2}}}}),
      einsum_row(",i->i", {{{{}, {3}}}}),
      einsum_row("ij,j->i", {{{{3, 4}, {4}}}}),
      einsum_row("bij,bjk->bik", {{{{2, 3, 4}, {2, 4, 3}}}, {{{1, 3, 4}, {2, 4, 3}}}, {{{2, 2, 2}, {2, 2, 2}}}}),
      einsum_row("bij,bkj->ikb", {{{{2, 3, 4}, {2, 2, 4}}}}),
      einsum_row("bij,jk->bik", {{{{2, 3, 4}, {4, 2}}}}),
      einsum_row("bhqd,bhkd->bhqk", {{{{2, 2, 3, 2}, {2, 2, 4, 2}}}}),
      einsum_row("bqhd,bkhd->bhqk", {{{{2, 3, 2, 2}, {2, 4, 2, 2}}}}),
      einsum_row("ijkl,kjm->lim", {{{{2, 3, 2, 2}, {2, 3, 2}}}}),
      einsum_row("ii,ij->j", {{{{3, 3}, {3, 2}}}}),
      einsum_row("i,ij,j->", {{{{3}, {3, 2}, {2}}}}),
      einsum_row("ij,jk,kl->il", {{{{2, 3}, {3, 2}, {2, 4}}}}),
      einsum_row("ij,ij,ij->ij", {{{{2, 3}, {2, 3}, {2, 3}}}}),
      einsum_row("ai,bj,ck,ijk->abc", {{{{2, 2}, {2, 3}, {2, 2}, {2, 3, 2}}}}),
      einsum_row("...ij,...jk->...ik", "bij,bjk->bik", {{{{2, 3, 4}, {2, 4, 3}}}, {{{1, 2, 3}, {3, 3, 2}}}}),
      einsum_row("...ij,...jk", "xyij,yjk->xyik", {{{{2, 3, 2, 2}, {3, 2, 2}}}, {{{2, 1, 2, 2}, {3, 2, 2}}}}),
      einsum_row("i...->...i", "iab->abi", {{{{2, 3, 4}}}}),
      einsum_row("...,...->...", "ij,j->ij", {{{{2, 3}, {3}}}}),
  };
}

}  // namespace retrograd::tests
