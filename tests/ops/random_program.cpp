#include "random_program.h"

#include <algorithm>
#include <cmath>

namespace retrograd::tests {

namespace {

using Values = std::vector<double>;

// The smallest distance between two of the numbers.
double smallest_gap(Values values) {
  std::sort(values.begin(), values.end());
  double gap = INFINITY;
  for (std::size_t i = 1; i < values.size(); ++i) gap = std::min(gap, values[i] - values[i - 1]);
  return gap;
}
bool within_range(const Tensor& x, double low, double high) {
  const Values values = x.to_vector<double>();
  return std::all_of(values.begin(), values.end(), [&](double v) { return v >= low && v <= high; });
}
// How near to 0, or to each other, values may lie where an op has a kink.
constexpr double kMargin = 0.05;
bool is_far_from_zero(const Tensor& x) {
  const Values values = x.to_vector<double>();
  return std::all_of(values.begin(), values.end(), [](double v) { return std::abs(v) > kMargin; });
}

struct Unary {
  const char* name;
  Tensor (*op)(const Tensor&);
  double low = -4, high = 4;  // where it is smooth and tame
};
const Unary kUnaries[] = {
    {"neg", neg},
    {"reciprocal", reciprocal, 0.3, 4},
    {"sqrt", sqrt, 0.2, 4},
    {"rsqrt", rsqrt, 0.3, 4},
    {"cube", [](const Tensor& x) { return pow(x, 3); }, -2, 2},
    {"square", square},
    {"exp", exp, -4, 1.5},
    {"exp2", exp2, -4, 2},
    {"expm1", expm1, -4, 1.5},
    {"log", log, 0.2, 4},
    {"log2", log2, 0.2, 4},
    {"log10", log10, 0.2, 4},
    {"log1p", log1p, -0.7, 4},
    {"sin", sin},
    {"cos", cos},
    {"tan", tan, -1.2, 1.2},
    {"asin", asin, -0.9, 0.9},
    {"acos", acos, -0.9, 0.9},
    {"atan", atan},
    {"sinh", sinh, -2, 2},
    {"cosh", cosh, -2, 2},
    {"tanh", tanh},
    {"asinh", asinh},
    {"acosh", acosh, 1.2, 4},
    {"atanh", atanh, -0.9, 0.9},
    {"erf", erf},
    {"erfc", erfc},
    {"lgamma", lgamma, 0.5, 4},
    {"digamma", digamma, 0.5, 4},
    {"sigmoid", sigmoid},
    {"log_sigmoid", log_sigmoid},
    {"softplus", softplus},
    {"silu", silu},
    {"gelu", [](const Tensor& x) { return gelu(x); }},
    {"gelu_tanh", [](const Tensor& x) { return gelu(x, GeluApproximation::tanh); }},
    {"mish", mish},
    {"alias", alias},
};
const Unary kKinked[] = {
    {"relu", relu},
    {"abs", abs},
    {"leaky_relu", [](const Tensor& x) { return leaky_relu(x); }},
    {"elu", [](const Tensor& x) { return elu(x); }},
    {"selu", selu},
    {"softsign", softsign},
};

struct Binary {
  const char* name;
  Tensor (*op)(const Operand&, const Operand&);
};
// Of operands away from zero.
const Binary kGuarded[] = {{"div", div}, {"atan2", atan2}, {"hypot", [](const Operand& a, const Operand& b) {
                                                              return sqrt(square(a.tensor()) + square(b.tensor()));
                                                            }}};
const Binary kBinaries[] = {{"add", add}, {"sub", sub}, {"mul", mul}, {"mul", mul}};

}  // namespace

RandomProgram::RandomProgram(std::uint64_t seed) : rng_(seed) {
  const std::int64_t count = 1 + below(3);
  for (std::int64_t i = 0; i < count; ++i) {
    Shape shape;
    for (std::int64_t rank = below(4); rank > 0; --rank) shape.push_back(1 + below(4));
    inputs_.push_back(uniform(shape, -2, 2, rng_, float64));
  }
  pool_ = inputs_;
  used_.assign(pool_.size(), false);
  using Try = bool (RandomProgram::*)();
  constexpr Try kKinds[] = {&RandomProgram::try_unary,   &RandomProgram::try_unary,    &RandomProgram::try_binary,
                            &RandomProgram::try_binary,  &RandomProgram::try_shape,    &RandomProgram::try_shape,
                            &RandomProgram::try_product, &RandomProgram::try_reduction};
  const std::int64_t wanted = 5 + below(36);
  while (ops() < wanted) (this->*kKinds[below(std::ssize(kKinds))])();
}

std::size_t RandomProgram::any() {
  // Rather something new: programs are then deep more than wide.
  const auto size = static_cast<std::int64_t>(pool_.size());
  return static_cast<std::size_t>(below(2) ? size - 1 - below(std::min<std::int64_t>(size, 4)) : below(size));
}

bool RandomProgram::append(const std::string& text, Run run, std::initializer_list<std::size_t> operands) {
  Tensor y = run(pool_);
  if (y.size() == 0 || y.size() > 48 || !within_range(y, -20, 20)) return false;  // false for NaN too
  std::string line = fmt::format("v{} = {}(", pool_.size(), text);
  for (std::size_t operand : operands)
    line += fmt::format("{}v{} {}", operand == *operands.begin() ? "" : ", ", operand, pool_[operand].shape());
  line += ")";
  if (!within_range(y, -4, 4)) {
    run = [inner = std::move(run)](const Tensors& pool) { return 3 * tanh(inner(pool) / 3); };
    y = run(pool_);
    line += ", squashed";
  }
  for (std::size_t operand : operands) used_[operand] = true;
  pool_.push_back(y);
  used_.push_back(false);
  steps_.push_back({line, std::move(run)});
  return true;
}

bool RandomProgram::try_unary() {
  const std::size_t x = any();
  const bool kinked = below(8) == 0;
  const Unary& op = kinked ? kKinked[below(std::ssize(kKinked))] : kUnaries[below(std::ssize(kUnaries))];
  if (!within_range(pool_[x], op.low, op.high) || (kinked && !is_far_from_zero(pool_[x]))) return false;
  return append(op.name, [f = op.op, x](const Tensors& pool) { return f(pool[x]); }, {x});
}

bool RandomProgram::try_binary() {
  const std::size_t a = any(), b = any();
  const Tensor &left = pool_[a], &right = pool_[b];
  try {
    const Tensor difference = sub(left, right);
    if (below(6) == 0 && is_far_from_zero(difference))
      return append("maximum", [a, b](const Tensors& pool) { return maximum(pool[a], pool[b]); }, {a, b});
    if (below(8) == 0 && is_far_from_zero(difference))
      return append("minimum", [a, b](const Tensors& pool) { return minimum(pool[a], pool[b]); }, {a, b});
    if (below(4) == 0 && is_far_from_zero(left) && within_range(abs(right), 0.3, 4)) {
      const Binary& op = kGuarded[below(std::ssize(kGuarded))];
      return append(op.name, [f = op.op, a, b](const Tensors& pool) { return f(pool[a], pool[b]); }, {a, b});
    }
    if (below(6) == 0 && within_range(left, 0.2, 3) && within_range(right, -2, 2))
      return append("pow", [a, b](const Tensors& pool) { return pow(pool[a], pool[b]); }, {a, b});
    if (below(8) == 0)
      return append("where",
                    [a, b, mask = difference > 0](const Tensors& pool) { return where(mask, pool[a], pool[b]); },
                    {a, b});
    if (below(8) == 0 && detail::broadcasts_to(right.shape(), left.shape()))
      return append("running_sum",
                    [a, b](const Tensors& pool) {
                      Tensor total = zeros_like(pool[a]);
                      total += pool[a];
                      total -= pool[b];
                      return total;
                    },
                    {a, b});
  } catch (const ShapeError&) {
    return false;  // they do not broadcast
  }
  const Binary& op = kBinaries[below(std::ssize(kBinaries))];
  return append(op.name, [f = op.op, a, b](const Tensors& pool) { return f(pool[a], pool[b]); }, {a, b});
}

bool RandomProgram::try_shape() {
  const std::size_t x = any();
  const Tensor& value = pool_[x];
  const int rank = value.rank();
  const int axis = rank == 0 ? 0 : static_cast<int>(below(rank));
  const auto same = [&](const char* name, Tensor (*f)(const Tensor&, int)) {
    return rank > 0 && append(name, [=](const Tensors& pool) { return f(pool[x], axis); }, {x});
  };
  switch (below(16)) {
    case 0:
      return append("transpose", [x](const Tensors& pool) { return transpose(pool[x]); }, {x});
    case 1:
      return append("reshape", [x](const Tensors& pool) { return reshape(pool[x], {-1}); }, {x});
    case 2: {
      if (rank == 0) return false;
      const std::int64_t size = value.shape()[axis], begin = below(size), end = begin + 1 + below(size - begin);
      const std::int64_t step = 1 + below(2);
      return append("slice", [=](const Tensors& pool) { return slice(pool[x], axis, begin, end, step); }, {x});
    }
    case 3: {
      if (rank > 2) return false;
      Shape shape{2};
      for (std::int64_t size : value.shape()) shape.push_back(size);
      return append("broadcast_to", [=](const Tensors& pool) { return broadcast_to(pool[x], shape); }, {x});
    }
    case 4:
      if (rank > 2) return false;
      return append("stack", [=](const Tensors& pool) { return stack({pool[x], 0.5 * pool[x]}, axis); }, {x});
    case 5:
      return same("flip", [](const Tensor& v, int a) { return flip(v, a); });
    case 6:
      return same("roll", [](const Tensor& v, int a) { return roll(v, 1, a); });
    case 7:
      return same("repeat", [](const Tensor& v, int a) { return repeat(v, 2, a); });
    case 8:
      return same("concatenate", [](const Tensor& v, int a) { return concatenate({v, neg(v)}, a); });
    case 9:
      return same("split", [](const Tensor& v, int a) { return split(v, v.shape()[a], a)[0]; });
    case 10:
      return same("take", [](const Tensor& v, int a) { return take(v, tensor({0, -1, 0}), a); });
    case 11:
      return same("unstack", [](const Tensor& v, int a) { return moveaxis(v, a, 0)[-1]; });
    case 12:
      return rank == 2 && append("pad", [x](const Tensors& pool) { return pad(pool[x], {{1, 0}, {0, 1}}, 0.5); }, {x});
    case 13:
      return rank == 2 && append("tril", [x](const Tensors& pool) { return tril(pool[x]); }, {x});
    case 14:
      return rank == 2 && append("diagonal", [x](const Tensors& pool) { return diagonal(pool[x]); }, {x});
    default:
      return rank < 3 && append("checkpoint",
                                [x](const Tensors& pool) {
                                  return checkpoint([](const Tensor& v) { return sin(v) * v; })(pool[x]);
                                },
                                {x});
  }
}

bool RandomProgram::try_reduction() {
  const std::size_t x = any();
  const Tensor& value = pool_[x];
  if (value.rank() == 0) return false;
  const int axis = static_cast<int>(below(value.rank()));
  const bool keepdims = below(2) == 0, apart = smallest_gap(value.to_vector<double>()) > kMargin;
  const auto along = [&](const char* name, Tensor (*f)(const Tensor&, int, bool)) {
    return append(name, [=](const Tensors& pool) { return f(pool[x], axis, keepdims); }, {x});
  };
  switch (below(15)) {
    case 0:
      return along("sum", [](const Tensor& v, int a, bool k) { return sum(v, a, k); });
    case 1:
      return apart && along("max", [](const Tensor& v, int a, bool k) { return max(v, a, k); });
    case 2:
      return apart && along("min", [](const Tensor& v, int a, bool k) { return min(v, a, k); });
    case 3:
      return along("mean", [](const Tensor& v, int a, bool k) { return mean(v, a, k); });
    case 4:
      return along("prod", [](const Tensor& v, int a, bool k) { return prod(v, a, k); });
    case 5:
      return along("var", [](const Tensor& v, int a, bool k) { return var(v, a, k); });
    case 6:
      return apart && value.shape()[axis] > 1 &&
             along("std", [](const Tensor& v, int a, bool k) { return std(v, a, k); });
    case 7:
      return is_far_from_zero(value) && along("norm", [](const Tensor& v, int a, bool k) { return norm(v, 2, a, k); });
    case 8:
      return along("logsumexp", [](const Tensor& v, int a, bool k) { return logsumexp(v, a, k); });
    case 9:
      return along("softmax", [](const Tensor& v, int a, bool) { return softmax(v, a); });
    case 10:
      return along("log_softmax", [](const Tensor& v, int a, bool) { return log_softmax(v, a); });
    case 11:
      return along("cumsum", [](const Tensor& v, int a, bool) { return cumsum(v, a); });
    case 12:
      return along("cumprod", [](const Tensor& v, int a, bool) { return cumprod(v, a); });
    case 13:
      return apart && along("sort", [](const Tensor& v, int a, bool down) { return sort(v, a, down); });
    default:
      return apart && along("topk", [](const Tensor& v, int a, bool) { return topk(v, 1, a).values; });
  }
}

bool RandomProgram::try_product() {
  const std::size_t a = any(), b = any();
  const Tensor &left = pool_[a], &right = pool_[b];
  if (left.rank() >= 1 && right.rank() >= 1 && below(2) == 0 &&
      left.shape()[left.rank() - 1] == right.shape()[right.rank() == 1 ? 0 : right.rank() - 2]) {
    try {
      return append("matmul", [=](const Tensors& pool) { return matmul(pool[a], pool[b]); }, {a, b});
    } catch (const ShapeError&) {
      return false;  // their leading axes do not broadcast
    }
  }
  if (left.rank() != 2) return false;
  // A·Aᵀ + 2I: regular, symmetric and positive definite.
  const auto definite = [a](const Tensors& pool) {
    return matmul(pool[a], transpose(pool[a])) + 2 * eye(pool[a].shape()[0], float64);
  };
  switch (below(9)) {
    case 0:
      return append("gram", [=](const Tensors& pool) { return matmul(pool[a], transpose(pool[a])); }, {a});
    case 1:
      return append("inverse", [=](const Tensors& pool) { return inverse(definite(pool)); }, {a});
    case 2:
      return append("cholesky", [=](const Tensors& pool) { return cholesky(definite(pool)); }, {a});
    case 3:
      return append("slogdet", [=](const Tensors& pool) { return slogdet(definite(pool)).logabsdet; }, {a});
    case 4:
      return append("solve", [=](const Tensors& pool) { return solve(definite(pool), pool[a]); }, {a});
    case 5:
      return append("det", [=](const Tensors& pool) { return det(0.5 * definite(pool)); }, {a});
    case 6:
      return append("einsum",
                    [=](const Tensors& pool) {
                      return einsum("ij,ik,ik->kj", {pool[a], pool[a], pool[a]});
                    },
                    {a});
    case 7:
      return append("conv2d",
                    [=](const Tensors& pool) {
                      const Tensor& x = pool[a];
                      const Tensor image = reshape(x, {1, 1, x.shape()[0], x.shape()[1]});
                      return conv2d(image, tanh(image), {.padding = 1})[0];
                    },
                    {a});
    default:
      return append("layer_norm",
                    [=](const Tensors& pool) {
                      const Tensor& x = pool[a];
                      return layer_norm(x, cos(x[0]), x[-1], 0.1);
                    },
                    {a});
  }
}

Tensor RandomProgram::operator()(const Tensors& inputs) const {
  Tensors pool = inputs;
  for (const Step& step : steps_) pool.push_back(step.run(pool));
  Tensor total = zeros({}, float64);
  for (std::size_t i = 0; i < pool.size(); ++i)
    if (!used_[i]) total = total + mean(pool[i] * (1.0 + 0.1 * static_cast<double>(i)));
  return total;
}

std::string RandomProgram::listing() const {
  std::string text;
  for (std::size_t i = 0; i < inputs_.size(); ++i) text += fmt::format("v{} = input {}\n", i, inputs_[i].shape());
  for (const Step& step : steps_) text += step.text + "\n";
  return text;
}

}  // namespace retrograd::tests
