// The op table: for each op the function, a plain loop that defines its value, sample inputs, and calls that must be
// refused with a given message. The checks in op_table_test.cpp run over every row.
#pragma once
#include <retrograd/retrograd.h>

#include <functional>
#include <string>
#include <vector>

namespace retrograd::tests {

using Tensors = std::vector<Tensor>;

/// Plain numbers in row-major order, as the reference loops see a tensor.
struct Plain {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
  double at(const std::vector<std::int64_t>& index) const;
};

/// Inputs drawn uniformly from [low, high).
struct Sample {
  std::vector<Shape> shapes;
  double low = -2, high = 2;
  bool kink = false;  ///< not differentiable anywhere here: gradcheck must report every element as a kink
};

struct Refusal {
  std::function<void()> call;
  std::string message;
};

struct Row {
  std::string name;  ///< the function's name, with any special configuration in parentheses: "sum(axis 0)"
  std::function<Tensor(const Tensors&)> op;
  std::function<Plain(const std::vector<Plain>&)> reference;
  std::vector<Sample> samples;
  std::vector<Refusal> refusals = {};
  double (*elementwise)(double) = nullptr;  ///< unary ops: also tried on special values, at every lane
  int order = 2;                            ///< the highest derivative checked; 0 if there is none
  bool twice = true;  ///< binary ops: f(x, x) is differentiable wherever f is (false if equal operands are a tie)
  double exactness = 1e-14;    ///< relative L2 distance from the plain loop, in float64
  double single = 1e-6;        ///< relative L2 distance of float32 values from float64 ones; explain larger values
  double single_slope = 1e-5;  ///< the same for first derivatives
};

const std::vector<Row>& op_table();

/// The inputs of a sample in float64, equal for every caller.
Tensors draw(const Sample& sample, Dtype dtype = float64);
Plain plain(const Tensor& x);

}  // namespace retrograd::tests
