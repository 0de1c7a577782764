#include "../reference.h"

#include <cmath>

namespace retrograd::tests {

namespace {

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
  for (std::size_t i = 0; i < y.values.size(); ++i) loss += std::pow(y.values[i] - t.values[i], 2);
  return {{}, {loss / (2 * static_cast<double>(y.shape[0]))}};
}

}  // namespace

std::vector<Row> loss_rows() {
  const auto one_hot_rows = [](const Tensor& like) {
    std::vector<std::int64_t> classes;
    for (std::int64_t n = 0; n < like.shape()[0]; ++n) classes.push_back((n * 2 + 1) % like.shape()[1]);
    return tensor(classes, {like.shape()[0]});
  };
  return {
      {"softmax_cross_entropy(one-hot)",
       [](const Tensors& x) { return nn::softmax_cross_entropy(x[0], x[1]); },
       [](const std::vector<Plain>& x) { return softmax_cross_entropy_of(x[0], x[1]); },
       {{{{4, 5}, {4, 5}}, 0, 1}, {{{1, 2}, {1, 2}}, 0, 1}, {{{7, 3}, {7, 3}}, 0, 1}},
       {{[] {
           nn::softmax_cross_entropy(zeros({2, 3}), zeros({2, 4}));
         },
         "softmax_cross_entropy: one-hot targets (2, 4) differ in shape from the outputs (2, 3)"},
        {[] {
           overrides::softmax_cross_entropy(zeros({2, 3}), zeros({2}));
         },
         "softmax_cross_entropy: class indices are int64, got float32 (2,); convert with astype"},
        {[] { nn::softmax_cross_entropy(zeros({3}), zeros({3})); },
         "softmax_cross_entropy: needs rows (N, K), got shape (3,)"},
        {[] {
           nn::softmax_cross_entropy(zeros({0, 3}), zeros({0, 3}));
         },
         "softmax_cross_entropy: outputs (0, 3) are empty, so the mean loss is undefined; Reduction::sum gives 0"},
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
       {{[] {
           nn::mse(zeros({2, 3}), zeros({3, 2}));
         },
         "mse: the targets (3, 2) differ in shape from the outputs (2, 3)"},
        {[] { nn::mse(zeros({2}), zeros({2}, float64)); },
         "mse: dtypes differ: outputs float32, targets float64; convert with astype"},
        {[] { nn::mse(zeros({0}), zeros({0})); },
         "mse: outputs (0,) are empty, so the mean loss is undefined; Reduction::sum gives 0"}}},
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

}  // namespace retrograd::tests
