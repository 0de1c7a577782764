#include "reference.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace retrograd::tests {

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

Reference each(double (*f)(double)) {
  return [f](const std::vector<Plain>& x) { return make(x[0].shape, [&](const Index& i) { return f(x[0].at(i)); }); };
}
Reference both(double (*f)(double, double)) {
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
Plain lines(const Plain& x, std::size_t axis, const std::function<std::vector<double>(std::vector<double>)>& f) {
  const auto line = [&](Index index) {
    std::vector<double> values;
    for (std::int64_t k = 0; k < x.shape[axis]; ++k) {
      index[axis] = k;
      values.push_back(x.at(index));
    }
    return f(values);
  };
  Index shape = x.shape;
  shape[axis] = static_cast<std::int64_t>(f(std::vector<double>(static_cast<std::size_t>(x.shape[axis]))).size());
  return make(shape, [&](const Index& index) { return line(index)[static_cast<std::size_t>(index[axis])]; });
}
double plus(double a, double b) { return a + b; }
double larger(double a, double b) { return a > b ? a : b; }

const std::vector<Sample> kUnarySamples = {{{{}}},        {{{1}}},     {{{3}}},   {{{4, 5}}},
                                           {{{2, 3, 5}}}, {{{1, 17}}}, {{{0, 3}}}};
const std::vector<Sample> kBinarySamples = {
    {{{}, {}}},        {{{3}, {3}}},   {{{4, 5}, {4, 5}}},    {{{4, 5}, {5}}},     {{{5}, {4, 5}}}, {{{4, 1}, {1, 5}}},
    {{{2, 3, 4}, {}}}, {{{}, {2, 3}}}, {{{2, 1, 4}, {3, 1}}}, {{{1, 17}, {3, 1}}}, {{{0, 3}, {3}}}, {{{3, 1}, {1}}}};

std::vector<Sample> within(double low, double high, std::vector<Sample> samples) {
  for (Sample& sample : samples) sample.low = low, sample.high = high;
  return samples;
}

Row unary(const char* name, Tensor (*op)(const Tensor&), double (*f)(double), std::vector<Sample> samples) {
  return {name,
          [op](const Tensors& x) { return op(x[0]); },
          each(f),
          std::move(samples),
          {{[op] { op(Tensor()); }, "handle is empty"},
           {[op] { op(zeros({2}, uint8)); }, std::string(name) + ": does not support uint8"}},
          f};
}
Row smooth(const char* name, Tensor (*op)(const Tensor&), double (*f)(double), std::vector<Sample> samples) {
  Row row = unary(name, op, f, std::move(samples));
  row.order = 3;
  return row;
}
Row named(std::string name, Row row) {
  row.name = std::move(name);
  return row;
}
Row binary(const char* name, Tensor (*op)(const Operand&, const Operand&), double (*f)(double, double),
           std::vector<Sample> samples) {
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
  row.order = 0;
  row.samples.push_back({{{3, 4}, {3, 4}}, 1, 1});
  return row;
}

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

}  // namespace retrograd::tests
