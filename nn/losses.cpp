#include "losses.h"

#include "../core/error.h"
#include "../core/format.h"
#include "../core/tape.h"
#include "../ops/losses.h"
#include "../ops/reductions.h"

namespace retrograd::nn {

Tensor euclidean(const Tensor& outputs, const Tensor& targets) { return fused::euclidean(outputs, targets); }

Tensor mse(const Tensor& outputs, const Tensor& targets) { return fused::mse(outputs, targets); }

Tensor softmax_cross_entropy(const Tensor& logits, const Tensor& targets) {
  return fused::softmax_cross_entropy(logits, targets);
}

double accuracy(const Tensor& outputs, const Tensor& targets) {
  const NoTape compute_only;
  if (outputs.rank() != 2) fail<ShapeError>("accuracy: needs rows (N, K), got shape {}", outputs.shape());
  if (targets.dtype() != int64 && !(targets.shape() == outputs.shape()))
    fail<ShapeError>("accuracy: one-hot targets {} differ in shape from the outputs {}", targets.shape(),
                     outputs.shape());
  const Tensor classes = targets.dtype() == int64 ? targets : argmax(targets, -1);
  const std::int64_t rows = outputs.shape()[0];
  if (!(classes.shape() == Shape{rows}) || rows == 0)
    fail<ShapeError>("accuracy: outputs {} and targets {} are not equally many rows", outputs.shape(), targets.shape());
  const std::vector<std::int64_t> chosen = argmax(outputs, 1).to_vector<std::int64_t>(),
                                  right = classes.to_vector<std::int64_t>();
  std::int64_t hits = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) hits += chosen[i] == right[i];
  return static_cast<double>(hits) / static_cast<double>(rows);
}

}  // namespace retrograd::nn
