#include "../reference.h"

#include <algorithm>
#include <cmath>

namespace retrograd::tests {

namespace {

using Line = std::vector<double>;

double total_of(const Line& line) {
  double total = 0;
  for (double v : line) total += std::exp(v);
  return total;
}
Line shares(Line line) {
  const double total = total_of(line);
  for (double& v : line) v = std::exp(v) / total;
  return line;
}
// The sum of a softmax is constant: what is left of its derivative is rounding. That of its squares is not.
Line squared_shares(const Line& line) {
  Line squares = shares(line);
  for (double& v : squares) v *= v;
  return squares;
}
Line log_shares(Line line) {
  if (line.empty()) return line;
  const double largest = *std::max_element(line.begin(), line.end());  // so that a share of 1 is 0 to the last digit
  for (double& v : line) v -= largest;
  const double log_total = std::log(total_of(line));
  for (double& v : line) v -= log_total;
  return line;
}
Line log_total(const Line& line) { return {std::log(total_of(line))}; }

// (x − μ)/√(σ² + ε)·w + b by rows as long as w has elements.
Plain normal(const Plain& x, const Plain& w, const Plain& b, double epsilon) {
  Plain y = x;
  const std::size_t n = w.values.size();
  for (std::size_t begin = 0; begin < x.values.size(); begin += n) {
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < n; ++i) mean += x.values[begin + i] / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) variance += std::pow(x.values[begin + i] - mean, 2) / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i)
      y.values[begin + i] = (x.values[begin + i] - mean) / std::sqrt(variance + epsilon) * w.values[i] + b.values[i];
  }
  return y;
}

// The same channel by channel: the second axis of x, whose others are rows and columns.
Plain normal_channels(const Plain& x, const Plain& w, const Plain& b, double epsilon) {
  Plain y = x;
  const auto n = static_cast<std::size_t>(x.shape[0]), channels = static_cast<std::size_t>(x.shape[1]);
  const std::size_t length = x.values.size() / std::max(n * channels, std::size_t{1});
  const auto count = static_cast<double>(n * length);
  for (std::size_t c = 0; c < channels; ++c) {
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < length; ++j) at.push_back((i * channels + c) * length + j);
    double mean = 0, variance = 0;
    for (std::size_t i : at) mean += x.values[i] / count;
    for (std::size_t i : at) variance += std::pow(x.values[i] - mean, 2) / count;
    for (std::size_t i : at)
      y.values[i] = (x.values[i] - mean) / std::sqrt(variance + epsilon) * w.values[c] + b.values[c];
  }
  return y;
}

const std::vector<Sample> kLastAxis = {{{{1}}},       {{{7}}},     {{{4, 5}}}, {{{2, 3, 4}}}, {{{3, 1}}},
                                       {{{2, 1100}}}, {{{90, 3}}}, {{{0, 3}}}, {{{3, 0}}}},
                          kFirstAxis = {{{{7}}}, {{{4, 5}}}, {{{3, 2, 4}}}, {{{1, 3}}}, {{{3, 0}}}};

}  // namespace

std::vector<Row> normalizing_rows() {
  return {
      {"softmax(squared)",
       [](const Tensors& x) { return square(softmax(x[0])); },
       [](const std::vector<Plain>& x) { return lines(x[0], x[0].shape.size() - 1, squared_shares); },
       kLastAxis,
       {{[] { softmax(zeros({2}), 1); }, "softmax: axis 1 is out of range for 1 axes"},
        {[] { softmax(zeros({})); }, "softmax: axis -1 is out of range for 0 axes"},
        {[] { softmax(zeros({2}, int64)); }, "softmax: expects float32 or float64, got int64; convert with astype"},
        {[] {
           overrides::softmax(zeros({2}), tensor({0, 1}));
         },
         "softmax: the axis must be an int64 scalar, got int64 of shape (2,)"},
        {[] { overrides::softmax(zeros({2}), tensor(std::int64_t{1} << 40)); },
         "softmax: axis 1099511627776 is out of range for 1 axes"}}},
      {"softmax(axis 0, squared)",
       [](const Tensors& x) { return square(softmax(x[0], 0)); },
       [](const std::vector<Plain>& x) { return lines(x[0], 0, squared_shares); },
       kFirstAxis,
       {}},
      {"log_softmax",
       [](const Tensors& x) { return log_softmax(x[0]); },
       [](const std::vector<Plain>& x) { return lines(x[0], x[0].shape.size() - 1, log_shares); },
       kLastAxis,
       {{[] { log_softmax(zeros({2}), -2); }, "log_softmax: axis -2 is out of range for 1 axes"},
        {[] { log_softmax(zeros({2}, uint8)); }, "log_softmax: expects float32 or float64, got uint8"}}},
      {"log_softmax(axis 0)",
       [](const Tensors& x) { return log_softmax(x[0], 0); },
       [](const std::vector<Plain>& x) { return lines(x[0], 0, log_shares); },
       kFirstAxis,
       {}},
      {"logsumexp",
       [](const Tensors& x) { return logsumexp(x[0]); },
       [](const std::vector<Plain>& x) {
         return Plain{{}, {std::log(total_of(x[0].values))}};
       },
       {{{{}}}, {{{1}}}, {{{7}}}, {{{4, 5}}}, {{{2, 3, 4}}}},
       {{[] { logsumexp(zeros({2}), 1); }, "logsumexp: axis 1 is out of range for 1 axes"},
        {[] {
           logsumexp(zeros({2, 2}), {0, -2});
         },
         "logsumexp: axis -2 is given twice"},
        {[] { logsumexp(zeros({2}, int64)); }, "logsumexp: expects float32 or float64, got int64"}}},
      {"logsumexp(axis 1, keepdims)",
       [](const Tensors& x) { return logsumexp(x[0], 1, true); },
       [](const std::vector<Plain>& x) { return lines(x[0], 1, log_total); },
       {{{{4, 5}}}, {{{2, 3, 4}}}, {{{3, 1}}}, {{{0, 3}}}},
       {}},
      {"logsumexp(axes 0 and -1)",
       [](const Tensors& x) {
         return logsumexp(x[0], {0, -1});
       },
       [](const std::vector<Plain>& x) {
         Plain out = lines(lines(x[0], 2, log_total), 0, log_total);
         out.shape = {x[0].shape[1]};
         return out;
       },
       {{{{2, 3, 4}}}, {{{1, 2, 3}}}},
       {}},
      {"layer_norm",
       [](const Tensors& x) { return layer_norm(x[0], x[1], x[2]); },
       [](const std::vector<Plain>& x) { return normal(x[0], x[1], x[2], 1e-5); },
       {{{{5}, {5}, {5}}},
        {{{3, 4}, {4}, {4}}},
        {{{2, 3, 4}, {3, 4}, {3, 4}}},
        {{{2, 2, 19}, {19}, {19}}},
        {{{0, 3}, {3}, {3}}}},
       {{[] {
           layer_norm(zeros({2, 3}), zeros({2}), zeros({2}));
         },
         "layer_norm: the weight (2,) does not have the innermost axes of (2, 3)"},
        {[] {
           layer_norm(zeros({2, 3}), zeros({}), zeros({}));
         },
         "layer_norm: the weight () does not have the innermost axes of (2, 3)"},
        {[] {
           layer_norm(zeros({3}), zeros({2, 3}), zeros({2, 3}));
         },
         "layer_norm: the weight (2, 3) does not have the innermost axes of (3,)"},
        {[] {
           layer_norm(zeros({2, 3}), zeros({3}), zeros({1}));
         },
         "layer_norm: the weight (3,) and the bias (1,) differ in shape"},
        {[] {
           layer_norm(zeros({2, 3}, int64), zeros({3}), zeros({3}));
         },
         "layer_norm: expects float32 or float64, got int64"},
        {[] {
           layer_norm(zeros({2, 3}), zeros({3}, float64), zeros({3}));
         },
         "layer_norm: dtypes differ: x float32, weight float64, bias float32"},
        {[] {
           layer_norm(zeros({2, 3}), zeros({3}), zeros({3}), -1);
         },
         "layer_norm: epsilon must be 0 or more, got -1"}}},
      {"batch_norm(times x)",  // its own sum, and that of its squares, are constant in x
       [](const Tensors& x) { return batch_norm(x[0], x[1], x[2]) * x[0]; },
       [](const std::vector<Plain>& x) {
         Plain y = normal_channels(x[0], x[1], x[2], 1e-5);
         for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] *= x[0].values[i];
         return y;
       },
       {{{{4, 5}, {5}, {5}}},
        {{{3, 2, 4}, {2}, {2}}},
        {{{2, 3, 2, 2}, {3}, {3}}},
        {{{5, 19}, {19}, {19}}},
        {{{1, 2, 9}, {2}, {2}}},
        {{{0, 3}, {3}, {3}}}},
       {{[] { batch_norm(zeros({3}), zeros({3}), zeros({3})); }, "batch_norm: x must be (N, C, …), got (3,)"},
        {[] {
           batch_norm(zeros({2, 3}), zeros({2}), zeros({2}));
         },
         "batch_norm: the weight (2,) and the bias (2,) do not fit the channels of (2, 3)"},
        {[] {
           batch_norm(zeros({2, 3}), zeros({3}), zeros({1}));
         },
         "batch_norm: the weight (3,) and the bias (1,) do not fit the channels of (2, 3)"},
        {[] {
           batch_norm(zeros({2, 3}, int64), zeros({3}), zeros({3}));
         },
         "batch_norm: expects float32 or float64, got int64"},
        {[] {
           batch_norm(zeros({2, 3}), zeros({3}, float64), zeros({3}));
         },
         "batch_norm: dtypes differ: x float32, weight float64, bias float32"},
        {[] {
           batch_norm(zeros({2, 3}), zeros({3}), zeros({3}), -1);
         },
         "batch_norm: epsilon must be 0 or more, got -1"},
        {[] {
           overrides::batch_norm(zeros({2, 3}), zeros({3}), zeros({3}), zeros({}));
         },
         "batch_norm: epsilon must be a float64 scalar, got float32 of shape ()"}}},
  };
}

}  // namespace retrograd::tests
