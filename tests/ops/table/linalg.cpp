#include <algorithm>
#include <cmath>

#include "../reference.h"

namespace retrograd::tests {

namespace {

using Matrix = std::vector<std::vector<long double>>;

Index leading_of(const Index& shape) { return {shape.begin(), shape.end() - 2}; }
Index join(Index leading, const Index& more) {
  leading.insert(leading.end(), more.begin(), more.end());
  return leading;
}
// The matrix of x at an index of leading axes, to which those of x broadcast.
Matrix matrix_at(const Plain& x, const Index& leading) {
  Matrix m(static_cast<std::size_t>(x.shape[x.shape.size() - 2]));
  for (std::size_t i = 0; i < m.size(); ++i)
    for (std::int64_t j = 0; j < x.shape.back(); ++j)
      m[i].push_back(at_broadcast(x, join(leading, {static_cast<std::int64_t>(i), j})));
  return m;
}

// Gauss: (a | b) until a is the identity; returns det a.
long double eliminate(Matrix a, Matrix& b) {
  long double det = 1;
  for (std::size_t k = 0; k < a.size(); ++k) {
    std::size_t best = k;
    for (std::size_t i = k; i < a.size(); ++i)
      if (std::abs(a[i][k]) > std::abs(a[best][k])) best = i;
    if (best != k) det = -det;
    std::swap(a[k], a[best]);
    std::swap(b[k], b[best]);
    const long double pivot = a[k][k];
    det *= pivot;
    if (pivot == 0) return 0;
    for (auto* m : {&a, &b})
      for (long double& value : (*m)[k]) value /= pivot;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const long double factor = a[i][k];
      if (i == k || factor == 0) continue;
      for (auto* m : {&a, &b})
        for (std::size_t j = 0; j < (*m)[k].size(); ++j) (*m)[i][j] -= factor * (*m)[k][j];
    }
  }
  return det;
}
Matrix identity(std::size_t n) {
  Matrix m(n, std::vector<long double>(n, 0));
  for (std::size_t i = 0; i < n; ++i) m[i][i] = 1;
  return m;
}

// x·xᵀ + n·I: symmetric and well conditioned.
Tensor gram(const Tensor& x) {
  const std::int64_t n = x.shape()[x.rank() - 2];
  const Tensor index = arange(n), diagonal = astype(equal(reshape(index, {n, 1}), index), x.dtype());
  return einsum("...ij,...kj->...ik", {x, x}) + diagonal * n;
}
Matrix gram_of(const Matrix& x) {
  Matrix m(x.size(), std::vector<long double>(x.size()));
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < x.size(); ++j) {
      m[i][j] = i == j ? static_cast<long double>(x.size()) : 0;
      for (std::size_t k = 0; k < x[i].size(); ++k) m[i][j] += x[i][k] * x[j][k];
    }
  return m;
}
// x + 4·I: not symmetric, well conditioned for small x of values below 1.
Tensor shifted(const Tensor& x) {
  const std::int64_t n = x.shape()[x.rank() - 1];
  const Tensor index = arange(n);
  return x + astype(equal(reshape(index, {n, 1}), index), x.dtype()) * 4;
}
Matrix shifted_of(Matrix x) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i][i] += 4;
  return x;
}

// y[leading…] (a matrix) = f(matrix of x)
template <class F>
Plain each_matrix(const Plain& x, F f) {
  return make(x.shape, [&](const Index& i) {
    const Index leading = leading_of(i);
    return static_cast<double>(
        f(matrix_at(x, leading))[static_cast<std::size_t>(i[i.size() - 2])][static_cast<std::size_t>(i.back())]);
  });
}
// y[leading…] (a number) = f(matrix of x)
template <class F>
Plain each_number(const Plain& x, F f) {
  return make(leading_of(x.shape), [&](const Index& i) { return static_cast<double>(f(matrix_at(x, i))); });
}

Matrix inverse_of(const Matrix& a) {
  Matrix b = identity(a.size());
  eliminate(a, b);
  return b;
}
long double det_of(const Matrix& a) {
  Matrix none(a.size());
  return eliminate(a, none);
}
Matrix cholesky_of(const Matrix& a) {
  Matrix l(a.size(), std::vector<long double>(a.size(), 0));
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      long double rest = a[i][j];
      for (std::size_t k = 0; k < j; ++k) rest -= l[i][k] * l[j][k];
      l[i][j] = i == j ? std::sqrt(rest) : rest / l[j][j];
    }
  return l;
}
Matrix triangle_of(Matrix a, bool lower) {
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a.size(); ++j)
      if (lower ? j > i : j < i) a[i][j] = 0;
  return a;
}

// The solution for matrices or a vector on the right, the matrices on the left made by f.
template <class F>
Reference solution(F f) {
  return [f](const std::vector<Plain>& x) {
    Plain b = x[1];
    const bool vector = b.shape.size() == 1;
    if (vector) b.shape.push_back(1);
    Index shape = broadcast(leading_of(x[0].shape), leading_of(b.shape));
    shape = join(shape, {b.shape.end() - 2, b.shape.end()});
    Plain y = make(shape, [&](const Index& i) {
      const Index leading = leading_of(i);
      Matrix right = matrix_at(b, leading);
      eliminate(f(matrix_at(x[0], leading)), right);
      return static_cast<double>(right[static_cast<std::size_t>(i[i.size() - 2])][static_cast<std::size_t>(i.back())]);
    });
    if (vector) y.shape.pop_back();
    return y;
  };
}

Plain trace_of(const std::vector<Plain>& x) {
  return each_number(x[0], [](const Matrix& m) {
    long double total = 0;
    for (std::size_t i = 0; i < m.size() && i < m[i].size(); ++i) total += m[i][i];
    return total;
  });
}

const std::vector<Sample> kSquare = {{{{3, 3}}, -1, 1},       {{{1, 1}}, -1, 1}, {{{2, 3, 3}}, -1, 1},
                                     {{{2, 2, 2, 2}}, -1, 1}, {{{0, 0}}},        {{{0, 2, 2}}},
                                     {{{5, 5}}, -1, 1}};
const std::vector<Sample> kSystems = {{{{3, 3}, {3, 2}}, -1, 1},
                                      {{{3, 3}, {3}}, -1, 1},
                                      {{{1, 1}, {1}}, -1, 1},
                                      {{{3, 3}, {3, 3}}, -1, 1},
                                      {{{2, 3, 3}, {2, 3, 2}}, -1, 1},
                                      {{{2, 3, 3}, {3}}, -1, 1},
                                      {{{3, 3}, {2, 3, 2}}, -1, 1},
                                      {{{2, 1, 2, 2}, {3, 2, 2}}, -1, 1},
                                      {{{1, 2, 2}, {2, 2, 1}}, -1, 1},
                                      {{{0, 0}, {0, 2}}},
                                      {{{2, 2}, {2, 0}}},
                                      {{{0, 2, 2}, {2, 3}}}};

// Long chains of operations in float32: some ten roundings in a row.
Row rounded(Row row) {
  row.single = 5e-6;
  row.single_slope = 5e-5;
  row.exactness = 1e-13;
  return row;
}

std::vector<Refusal> square_refusals(const std::string& name, std::function<void(const Tensor&)> call) {
  return {{[call] {
             call(zeros({2, 3}));
           },
           name + ": expects square matrices, got (2, 3)"},
          {[call] { call(zeros({3})); }, name + ": expects square matrices, got (3,)"},
          {[call] {
             call(zeros({2, 2}, int64));
           },
           name + ": expects float32 or float64, got int64"},
          {[call] { call(Tensor()); }, "handle is empty"}};
}
std::vector<Refusal> system_refusals(const std::string& name, std::function<void(const Tensor&, const Tensor&)> call) {
  auto list = square_refusals(name, [call](const Tensor& a) { call(a, a); });
  list.push_back({[call] {
                    call(ones({2, 2}), ones({3, 2}));
                  },
                  name + ": the right-hand side (3, 2) does not fit matrices (2, 2)"});
  list.push_back({[call] {
                    call(ones({2, 2}), ones({}));
                  },
                  name + ": the right-hand side () does not fit matrices (2, 2)"});
  list.push_back({[call] { call(ones({2, 2}), ones({2}, float64)); }, name + ": dtypes differ: float32 and float64"});
  list.push_back({[call] {
                    call(ones({2, 2, 2}), ones({3, 2, 2}));
                  },
                  name + ": leading axes do not broadcast: (2, 2, 2) x (3, 2, 2)"});
  return list;
}

}  // namespace

std::vector<Row> linalg_rows() {
  auto inverse_refusals = square_refusals("inverse", [](const Tensor& a) { inverse(a); });
  inverse_refusals.push_back({[] { inverse(ones({3, 3})); }, "inverse: the matrix is singular: pivot 1 is 0"});
  inverse_refusals.push_back({[] {
                                inverse(tensor(std::vector<int>{1, 2, 3, 4, 1, 2, 2, 4}, {2, 2, 2}, float32));
                              },
                              "inverse: matrix 1 of (2, 2, 2) is singular: pivot 1 is 0"});
  inverse_refusals.push_back({[] {
                                inverse(zeros({1, 2, 1, 1}));
                              },
                              "inverse: matrix (0, 0) of (1, 2, 1, 1) is singular"});
  auto solve_refusals = system_refusals("solve", [](const Tensor& a, const Tensor& b) { solve(a, b); });
  solve_refusals.push_back({[] { solve(ones({2, 2}), ones({2})); }, "solve: the matrix is singular: pivot 1 is 0"});
  auto triangular_refusals =
      system_refusals("solve_triangular", [](const Tensor& a, const Tensor& b) { solve_triangular(a, b, true); });
  triangular_refusals.push_back({[] {
                                   solve_triangular(zeros({2, 2}), ones({2}), false);
                                 },
                                 "solve_triangular: the matrix is singular: element 0 of its diagonal is 0"});
  auto cholesky_refusals = square_refusals("cholesky", [](const Tensor& a) { cholesky(a); });
  cholesky_refusals.push_back({[] {
                                 cholesky(tensor({{1.0, 2.0}, {2.0, 1.0}}));
                               },
                               "cholesky: the matrix is not positive definite: pivot 1"});
  cholesky_refusals.push_back({[] {
                                 cholesky(zeros({2, 2, 2}));
                               },
                               "cholesky: matrix 0 of (2, 2, 2) is not positive definite: pivot 0"});
  cholesky_refusals.push_back({[] {
                                 cholesky(full({2, 2}, NAN));
                               },
                               "cholesky: the matrix is not positive definite: pivot 0"});

  return {
      {"trace",
       [](const Tensors& x) { return trace(x[0]); },
       trace_of,
       {{{{3, 3}}}, {{{1, 1}}}, {{{2, 4}}}, {{{4, 2}}}, {{{2, 3, 3}}}, {{{0, 0}}}, {{{2, 0, 3}}}, {{{0, 2, 2}}}},
       {{[] { trace(zeros({3})); }, "trace: expects matrices, got (3,)"},
        {[] { trace(Tensor()); }, "handle is empty"}}},
      rounded({"inverse", [](const Tensors& x) { return inverse(shifted(x[0])); },
               [](const std::vector<Plain>& x) {
                 return each_matrix(x[0], [](const Matrix& m) { return inverse_of(shifted_of(m)); });
               },
               kSquare, inverse_refusals}),
      rounded({"inverse(symmetric)", [](const Tensors& x) { return inverse(gram(x[0])); },
               [](const std::vector<Plain>& x) {
                 return each_matrix(x[0], [](const Matrix& m) { return inverse_of(gram_of(m)); });
               },
               kSquare}),
      rounded({"solve", [](const Tensors& x) { return solve(shifted(x[0]), x[1]); }, solution(shifted_of), kSystems,
               solve_refusals}),
      rounded({"solve_triangular(lower)", [](const Tensors& x) { return solve_triangular(shifted(x[0]), x[1], true); },
               solution([](const Matrix& m) { return triangle_of(shifted_of(m), true); }), kSystems,
               triangular_refusals}),
      rounded({"solve_triangular(upper)", [](const Tensors& x) { return solve_triangular(shifted(x[0]), x[1], false); },
               solution([](const Matrix& m) { return triangle_of(shifted_of(m), false); }), kSystems}),
      rounded({"cholesky", [](const Tensors& x) { return cholesky(gram(x[0])); },
               [](const std::vector<Plain>& x) {
                 return each_matrix(x[0], [](const Matrix& m) { return cholesky_of(gram_of(m)); });
               },
               kSquare, cholesky_refusals}),
      rounded({"cholesky(of what is not symmetric)", [](const Tensors& x) { return cholesky(shifted(x[0])); },
               [](const std::vector<Plain>& x) {
                 return each_matrix(x[0], [](const Matrix& m) { return cholesky_of(shifted_of(m)); });
               },
               kSquare}),
      rounded(
          {"det",
           [](const Tensors& x) { return det(x[0]); },
           [](const std::vector<Plain>& x) { return each_number(x[0], det_of); },
           {{{{3, 3}}}, {{{1, 1}}}, {{{2, 2}}}, {{{2, 3, 3}}}, {{{2, 2, 2, 2}}}, {{{0, 0}}}, {{{0, 2, 2}}}, {{{6, 6}}}},
           square_refusals("det", [](const Tensor& a) { det(a); })}),
      rounded({"slogdet",
               [](const Tensors& x) { return slogdet(x[0]).logabsdet; },
               [](const std::vector<Plain>& x) {
                 return each_number(x[0], [](const Matrix& m) { return std::log(std::abs(det_of(m))); });
               },
               {{{{3, 3}}}, {{{1, 1}}}, {{{2, 3, 3}}}, {{{2, 2, 2, 2}}}, {{{0, 0}}}, {{{0, 2, 2}}}, {{{6, 6}}}},
               square_refusals("slogdet", [](const Tensor& a) { slogdet(a); })}),
  };
}

}  // namespace retrograd::tests
