#include "op_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace retrograd::tests {

namespace {

using Index = std::vector<std::int64_t>;

std::int64_t size_of_shape(const Index& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}
Index index_of(std::int64_t flat, const Index& shape) {
  Index index(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    index[axis] = flat % shape[axis];
    flat /= shape[axis];
  }
  return index;
}
Plain make(const Index& shape, const std::function<double(const Index&)>& value) {
  Plain out{shape, {}};
  for (std::int64_t i = 0; i < size_of_shape(shape); ++i) out.values.push_back(value(index_of(i, shape)));
  return out;
}
Index broadcast(const Index& a, const Index& b) {
  Index out(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t from_a = i < a.size() ? a[a.size() - 1 - i] : 1, from_b = i < b.size() ? b[b.size() - 1 - i] : 1;
    out[out.size() - 1 - i] = from_a == 1 ? from_b : from_a;
  }
  return out;
}
double at_broadcast(const Plain& x, const Index& index) {
  Index own(x.shape.size());
  for (std::size_t axis = 0; axis < own.size(); ++axis)
    own[axis] = x.shape[axis] == 1 ? 0 : index[index.size() - own.size() + axis];
  return x.at(own);
}

std::function<Plain(const std::vector<Plain>&)> each(double (*f)(double)) {
  return [f](const std::vector<Plain>& x) { return make(x[0].shape, [&](const Index& i) { return f(x[0].at(i)); }); };
}
std::function<Plain(const std::vector<Plain>&)> both(double (*f)(double, double)) {
  return [f](const std::vector<Plain>& x) {
    return make(broadcast(x[0].shape, x[1].shape),
                [&](const Index& i) { return f(at_broadcast(x[0], i), at_broadcast(x[1], i)); });
  };
}

// Folds over the axes listed; the rest stay, or all where `keepdims`.
Plain fold(const Plain& x, const std::vector<std::size_t>& axes, bool keepdims, double start,
           double (*f)(double, double)) {
  Index kept = x.shape;
  for (std::size_t axis : axes) kept[axis] = 1;
  Plain out = make(kept, [&](const Index&) { return start; });
  for (std::int64_t i = 0; i < size_of_shape(x.shape); ++i) {
    Index index = index_of(i, x.shape);
    const double value = x.at(index);
    for (std::size_t axis : axes) index[axis] = 0;
    std::int64_t flat = 0;
    for (std::size_t axis = 0; axis < kept.size(); ++axis) flat = flat * kept[axis] + index[axis];
    double& into = out.values[static_cast<std::size_t>(flat)];
    into = f(into, value);
  }
  if (!keepdims) {
    Index shape;
    for (std::size_t axis = 0; axis < kept.size(); ++axis)
      if (std::find(axes.begin(), axes.end(), axis) == axes.end()) shape.push_back(kept[axis]);
    out.shape = shape;
  }
  return out;
}
double plus(double a, double b) { return a + b; }
double larger(double a, double b) { return a > b ? a : b; }

const std::vector<Sample> kUnarySamples = {{{{}}},        {{{1}}},     {{{3}}},   {{{4, 5}}},
                                           {{{2, 3, 5}}}, {{{1, 17}}}, {{{0, 3}}}};
const std::vector<Sample> kPositiveSamples = {{{{}}, 0.2, 3}, {{{7}}, 0.2, 3}, {{{3, 5}}, 0.2, 3}, {{{0}}, 0.2, 3}};
const std::vector<Sample> kBinarySamples = {
    {{{}, {}}},        {{{3}, {3}}},   {{{4, 5}, {4, 5}}},    {{{4, 5}, {5}}},     {{{5}, {4, 5}}}, {{{4, 1}, {1, 5}}},
    {{{2, 3, 4}, {}}}, {{{}, {2, 3}}}, {{{2, 1, 4}, {3, 1}}}, {{{1, 17}, {3, 1}}}, {{{0, 3}, {3}}}, {{{3, 1}, {1}}}};

Row unary(const char* name, Tensor (*op)(const Tensor&), double (*f)(double),
          std::vector<Sample> samples = kUnarySamples) {
  return {name,
          [op](const Tensors& x) { return op(x[0]); },
          each(f),
          std::move(samples),
          {{[op] { op(Tensor()); }, "handle is empty"},
           {[op] { op(zeros({2}, uint8)); }, std::string(name) + ": does not take uint8"}},
          f};
}
Row binary(const char* name, Tensor (*op)(const Operand&, const Operand&), double (*f)(double, double),
           std::vector<Sample> samples = kBinarySamples) {
  const std::string label = name;
  return {name,
          [op](const Tensors& x) { return op(x[0], x[1]); },
          both(f),
          std::move(samples),
          {{[op] {
              op(zeros({2, 3}), zeros({4}));
            },
            label + ": shapes do not broadcast: (2, 3) and (4,)"},
           {[op] { op(zeros({2}), zeros({2}, float64)); }, label + ": dtypes differ: float32 and float64"},
           {[op] { op(zeros({2}, int64), 0.5); }, label + ": 0.5 does not fit the dtype int64"},
           {[op] { op(Tensor(), 1); }, "handle is empty"}}};
}
Row comparison(const char* name, Tensor (*op)(const Operand&, const Operand&), double (*f)(double, double)) {
  Row row = binary(name, op, f);
  row.differentiable = false;
  return row;
}

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }
double relu_of(double x) { return x <= 0 ? 0 : x; }
double square_of(double x) { return x * x; }
double neg_of(double x) { return -x; }
double sign_of(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }

Plain matmul_of(const std::vector<Plain>& x) {
  const Plain &a = x[0], &b = x[1];
  const bool vector_a = a.shape.size() == 1, vector_b = b.shape.size() == 1;
  const std::int64_t inner = b.shape[0];
  Index shape;
  if (!vector_a) shape.push_back(a.shape[0]);
  if (!vector_b) shape.push_back(b.shape[1]);
  return make(shape, [&](const Index& i) {
    double total = 0;
    for (std::int64_t k = 0; k < inner; ++k) {
      const double left = vector_a ? a.at({k}) : a.at({i[0], k});
      const double right = vector_b ? b.at({k}) : b.at({k, i.back()});
      total += left * right;
    }
    return total;
  });
}
Plain softmax_cross_entropy_of(const Plain& x, const Plain& t) {
  double loss = 0;
  for (std::int64_t n = 0; n < x.shape[0]; ++n) {
    double total = 0;
    for (std::int64_t k = 0; k < x.shape[1]; ++k) total += std::exp(x.at({n, k}));
    for (std::int64_t k = 0; k < x.shape[1]; ++k) loss -= t.at({n, k}) * std::log(std::exp(x.at({n, k})) / total);
  }
  return {{}, {loss / static_cast<double>(x.shape[0])}};
}
Plain euclidean_of(const Plain& y, const Plain& t) {
  double loss = 0;
  for (std::size_t i = 0; i < y.values.size(); ++i) loss += square_of(y.values[i] - t.values[i]);
  return {{}, {loss / (2 * static_cast<double>(y.shape[0]))}};
}
Plain linear_of(const std::vector<Plain>& x) {
  return make({x[0].shape[0], x[1].shape[0]}, [&](const Index& i) {
    double total = x[2].at({i[1]});
    for (std::int64_t k = 0; k < x[0].shape[1]; ++k) total += x[0].at({i[0], k}) * x[1].at({i[1], k});
    return total;
  });
}

std::vector<Row> elementwise_rows() {
  std::vector<Row> rows = {
      binary("add", add, plus),
      binary("sub", sub, [](double a, double b) { return a - b; }),
      binary("mul", mul, [](double a, double b) { return a * b; }),
      binary("div", div, [](double a, double b) { return a / b; },
             {{{{}, {}}, 0.5, 2}, {{{4, 5}, {5}}, 0.5, 2}, {{{4, 1}, {1, 5}}, 0.5, 2}, {{{0, 3}, {3}}, 0.5, 2}}),
      binary("maximum", maximum, larger),
      unary("neg", neg, neg_of),
      unary("square", square, square_of),
      unary("abs", abs, std::fabs),
      unary("sign", sign, sign_of),
      unary("exp", exp, std::exp),
      unary("log", log, std::log, kPositiveSamples),
      unary("log1p", log1p, std::log1p, {{{{}}, -0.5, 3}, {{{7}}, -0.5, 3}, {{{3, 5}}, -0.01, 0.01}}),
      unary("sin", sin, std::sin),
      unary("cos", cos, std::cos),
      unary("tanh", tanh, std::tanh),
      unary("sigmoid", sigmoid, sigmoid_of),
      unary("relu", relu, relu_of),
      comparison("equal", equal, [](double a, double b) { return double(a == b); }),
      comparison("not_equal", not_equal, [](double a, double b) { return double(a != b); }),
      comparison("less", less, [](double a, double b) { return double(a < b); }),
      comparison("less_equal", less_equal, [](double a, double b) { return double(a <= b); }),
      comparison("greater", greater, [](double a, double b) { return double(a > b); }),
      comparison("greater_equal", greater_equal, [](double a, double b) { return double(a >= b); }),
  };
  for (Row& row : rows) {
    if (row.name == "sign") row.differentiable = false;
    // A tie of maximum and the zero of abs and relu are kinks; equal values make comparisons worth testing.
    if (!row.differentiable || row.name == "maximum") row.samples.push_back({{{3, 4}, {3, 4}}, 1, 1});
  }
  return rows;
}

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
       false},
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
         "slice: [2, 1) is not a range"}}},
      {"slice(outer)",
       [](const Tensors& x) { return slice(x[0], 0, 0, 2); },
       [](const std::vector<Plain>& x) {
         Index shape = x[0].shape;
         shape[0] = 2;
         return make(shape, [&](const Index& i) { return x[0].at(i); });
       },
       {{{{2}}}, {{{4, 5}}}, {{{3, 2, 2}}}},
       {}},
      {"astype",
       [](const Tensors& x) { return astype(astype(x[0], float32), x[0].dtype()); },
       each([](double v) { return double(float(v)); }),
       {{{{}}}, {{{3, 4}}}},
       {{[] { astype(tensor({300}), uint8); }, "astype: uint8 can't hold 300"},
        {[] { astype(tensor({NAN}), int64); }, "astype: int64 can't hold nan"},
        {[] { astype(tensor({-1.0}), uint8); }, "astype: uint8 can't hold -1"}},
       nullptr,
       false},
  };
}

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
        {[] { sum(zeros({2}) > 0); }, "sum: does not take boolean"}}},
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
       {{[] { mean(zeros({2}, int64)); }, "mean: takes float32 or float64, got int64"}}},
      {"max",
       [](const Tensors& x) { return max(x[0], 1); },
       [](const std::vector<Plain>& x) { return fold(x[0], {1}, false, -INFINITY, larger); },
       {{{{3, 5}}}, {{{2, 3, 4}}}, {{{2, 1}}}},
       {{[] { max(zeros({0})); }, "max: of nothing, shape (0,)"},
        {[] {
           max(zeros({2, 0}), 1);
         },
         "max: of nothing, shape (2, 0)"}}},
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
         "argmax: of nothing, shape (2, 0)"},
        {[] { argmax(zeros({2}), 1); }, "argmax: axis 1 is out of range for 1 axes"}},
       nullptr,
       false},
  };
}

std::vector<Row> product_rows() {
  const auto one_hot_rows = [](const Tensor& like) {
    std::vector<std::int64_t> classes;
    for (std::int64_t n = 0; n < like.shape()[0]; ++n) classes.push_back((n * 2 + 1) % like.shape()[1]);
    return tensor(classes, {like.shape()[0]});
  };
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
        {{{0, 3}, {3, 2}}}},
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
         "matmul: takes float32 or float64, got int64"},
        {[] {
           matmul(zeros({}), zeros({3, 5}));
         },
         "matmul: takes matrices and vectors, got () x (3, 5)"}}},
      {"linear",
       [](const Tensors& x) { return linear(x[0], x[1], x[2]); },
       linear_of,
       {{{{3, 4}, {5, 4}, {5}}}, {{{1, 1}, {1, 1}, {1}}}, {{{7, 2}, {3, 2}, {3}}}},
       {{[] {
           linear(zeros({2, 3}), zeros({5, 4}), zeros({5}));
         },
         "linear: x (2, 3) does not fit weight (5, 4), which is (out, in)"},
        {[] {
           linear(zeros({2, 3}), zeros({5, 3}), zeros({4}));
         },
         "linear: bias (4,) does not fit weight (5, 3)"},
        {[] {
           linear(zeros({2, 3}), zeros({5, 3}, float64), zeros({5}));
         },
         "linear: dtypes differ"}}},
      {"softmax_cross_entropy(one-hot)",
       [](const Tensors& x) { return nn::softmax_cross_entropy(x[0], x[1]); },
       [](const std::vector<Plain>& x) { return softmax_cross_entropy_of(x[0], x[1]); },
       {{{{4, 5}, {4, 5}}, 0, 1}, {{{1, 2}, {1, 2}}, 0, 1}, {{{7, 3}, {7, 3}}, 0, 1}},
       {{[] {
           nn::softmax_cross_entropy(zeros({2, 3}), zeros({2, 4}));
         },
         "softmax_cross_entropy: one-hot targets (2, 4) differ in shape from the outputs (2, 3)"},
        {[] { nn::softmax_cross_entropy(zeros({3}), zeros({3})); },
         "softmax_cross_entropy: needs rows (N, K), got shape (3,)"},
        {[] {
           nn::softmax_cross_entropy(zeros({0, 3}), zeros({0, 3}));
         },
         "softmax_cross_entropy: needs rows (N, K)"},
        {[] {
           nn::softmax_cross_entropy(zeros({2, 3}), tensor({0, 3}));
         },
         "softmax_cross_entropy: class index 3 of row 1 is outside 0 … 2"}}},
      {"softmax_cross_entropy(indices)",
       [one_hot_rows](const Tensors& x) { return nn::softmax_cross_entropy(x[0], one_hot_rows(x[0])); },
       [one_hot_rows](const std::vector<Plain>& x) {
         const Shape shape{x[0].shape[0], x[0].shape[1]};
         return softmax_cross_entropy_of(x[0], plain(one_hot(one_hot_rows(zeros(shape)), shape[1], float64)));
       },
       {{{{4, 5}}}, {{{1, 2}}}, {{{7, 3}}}},
       {}},
      {"mse",
       [](const Tensors& x) { return nn::mse(x[0], x[1]); },
       [](const std::vector<Plain>& x) {
         double sum = 0;
         for (std::size_t i = 0; i < x[0].values.size(); ++i)
           sum += (x[0].values[i] - x[1].values[i]) * (x[0].values[i] - x[1].values[i]);
         return Plain{{}, {sum / static_cast<double>(x[0].values.size())}};
       },
       {{{{}, {}}}, {{{5}, {5}}}, {{{3, 4}, {3, 4}}}, {{{2, 3, 2}, {2, 3, 2}}}},
       {{[] { nn::mse(zeros({2, 3}), zeros({3, 2})); },
         "mse: the targets (3, 2) differ in shape from the outputs (2, 3)"},
        {[] { nn::mse(zeros({2}), zeros({2}, float64)); },
         "mse: dtypes differ: outputs float32, targets float64; astype converts"},
        {[] { nn::mse(zeros({0}), zeros({0})); }, "mse: of nothing, shape (0,)"}}},
      {"euclidean(one-hot)",
       [](const Tensors& x) { return nn::euclidean(x[0], x[1]); },
       [](const std::vector<Plain>& x) { return euclidean_of(x[0], x[1]); },
       {{{{4, 5}, {4, 5}}}, {{{1, 1}, {1, 1}}}},
       {{[] {
           nn::euclidean(zeros({2, 3}), zeros({2, 3}, float64));
         },
         "euclidean: targets must be one-hot rows of float32 or int64 class indices, got float64"},
        {[] {
           nn::euclidean(zeros({2, 3}), tensor({0, 1, 2}));
         },
         "euclidean: (2, 3) needs 2 class indices, got shape (3,)"}}},
      {"euclidean(indices)",
       [one_hot_rows](const Tensors& x) { return nn::euclidean(x[0], one_hot_rows(x[0])); },
       [one_hot_rows](const std::vector<Plain>& x) {
         const Shape shape{x[0].shape[0], x[0].shape[1]};
         return euclidean_of(x[0], plain(one_hot(one_hot_rows(zeros(shape)), shape[1], float64)));
       },
       {{{{4, 5}}}, {{{3, 2}}}},
       {}},
  };
}

}  // namespace

double Plain::at(const std::vector<std::int64_t>& index) const {
  std::int64_t flat = 0;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) flat = flat * shape[axis] + index[axis];
  return values[static_cast<std::size_t>(flat)];
}

Plain plain(const Tensor& x) { return {{x.shape().begin(), x.shape().end()}, x.to_vector<double>()}; }

Tensors draw(const Sample& sample, Dtype dtype) {
  Rng rng(20);
  Tensors inputs;
  for (const Shape& shape : sample.shapes)
    inputs.push_back(astype(uniform(shape, sample.low, sample.high, rng, float64), dtype));
  return inputs;
}

const std::vector<Row>& op_table() {
  static const std::vector<Row> table = [] {
    std::vector<Row> rows;
    for (auto part : {elementwise_rows(), shape_rows(), reduction_rows(), product_rows()})
      rows.insert(rows.end(), part.begin(), part.end());
    return rows;
  }();
  return table;
}

}  // namespace retrograd::tests
