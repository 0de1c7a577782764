#include "classifier_losses.h"

#include <vector>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tensor/format.h"
#include "../../ops/elementwise/activations.h"
#include "../../ops/elementwise/arithmetic.h"
#include "../../ops/elementwise/comparison.h"
#include "../../ops/elementwise/exponential.h"
#include "../../ops/elementwise/hyperbolic.h"
#include "../../ops/elementwise/logic.h"
#include "../../ops/elementwise/rectifiers.h"
#include "../../ops/network/losses.h"
#include "../../ops/reduction/reductions.h"
#include "../../ops/reduction/softmax.h"
#include "../../ops/shape/indexing.h"
#include "../../ops/shape/shaping.h"

namespace retrograd::nn {

namespace {

using detail::check_values;
using detail::check_weights;

// Outputs and targets without the ignored rows, and the indices of the rows kept.
struct Kept {
  Tensor outputs, targets;
  Tensor places = {};  // empty if all are kept
  std::int64_t rows;   // before any were ignored
};

Kept kept(const char* op, const Tensor& outputs, const Tensor& targets, std::optional<std::int64_t> ignored,
          Reduction reduction) {
  if (reduction == Reduction::mean) detail::check_mean(op, outputs);
  const std::int64_t rows = outputs.size(0);
  if (!ignored) return {outputs, targets, {}, rows};
  if (targets.dtype() != int64)
    detail::fail<DtypeError>("{}: ignore_index {} requires int64 class indices, got {} targets", op, *ignored,
                             targets.dtype());
  std::vector<std::int64_t> places;
  const std::vector<std::int64_t> classes = targets.to_vector<std::int64_t>();
  for (std::size_t n = 0; n < classes.size(); ++n)
    if (classes[n] != *ignored) places.push_back(static_cast<std::int64_t>(n));
  const auto count = static_cast<std::int64_t>(places.size());
  if (count == 0 && reduction == Reduction::mean)
    detail::fail("{}: all {} targets are the ignored class {}, so the mean loss is undefined; Reduction::sum gives 0",
                 op, rows, *ignored);
  if (count == rows) return {outputs, targets, {}, rows};
  const Tensor at = tensor(places, {count});
  return {take(outputs, at, 0), take(targets, at, 0), at, rows};
}

// Reduces the losses of the rows kept; Reduction::none returns zeros for the ignored rows.
Tensor reduced(const char* op, const Tensor& losses, const Kept& of, Reduction reduction) {
  if (reduction != Reduction::none || !of.places.defined()) return detail::reduced(op, losses, reduction);
  return scatter_add(zeros({of.rows}, losses.dtype()), of.places, losses, 0);
}

void check_class_weights(const char* op, const Tensor& weight, const Tensor& outputs) {
  if (!weight.defined()) return;
  if (!(weight.shape() == Shape{outputs.size(1)}))
    detail::fail<ShapeError>("{}: expects {} class weights for outputs {}, got shape {}", op, outputs.size(1),
                             outputs.shape(), weight.shape());
  check_weights(op, "class weights", weight, outputs);
}

// The divisor of the mean: the sum of the targets' weights.
Tensor total_weight(const char* op, const Tensor& weights_of_targets) {
  Tensor total = sum(weights_of_targets);
  if (total.item<double>() == 0)
    detail::fail("{}: the class weights of all targets are 0, so the mean loss is undefined; Reduction::sum gives 0",
                 op);
  return total;
}

// The cross-entropy of each row.
Tensor row_losses(const Tensor& logits, const Tensor& shares) {
  return -sum(detail::shared_logs(shares, log_softmax(logits, 1)), 1);
}

}  // namespace

Tensor softmax_cross_entropy(const Tensor& logits, const Tensor& targets, const CrossEntropyOptions& options) {
  constexpr const char* kOp = "softmax_cross_entropy";
  const double smoothing = options.label_smoothing;
  const Tensor& weight = options.weight;
  const bool is_shared_out = smoothing != 0 || weight.defined();
  if (!is_shared_out && !options.ignore_index && options.reduction == Reduction::mean)
    return overrides::softmax_cross_entropy(logits, targets);

  detail::check_rows(kOp, logits, targets, options.ignore_index);
  if (!(smoothing >= 0 && smoothing <= 1))
    detail::fail("{}: label_smoothing must be between 0 and 1, got {}", kOp, smoothing);
  check_class_weights(kOp, weight, logits);
  const Kept of = kept(kOp, logits, targets, options.ignore_index, options.reduction);

  const auto rows = static_cast<double>(of.outputs.size(0)), classes = static_cast<double>(logits.size(1));
  const bool by_rows = options.reduction == Reduction::none || rows == 0;
  Tensor shares = is_shared_out || by_rows ? detail::target_rows(of.targets, of.outputs) : of.targets;
  if (smoothing != 0) shares = (1 - smoothing) * shares + smoothing / classes;
  if (weight.defined()) shares = shares * weight;
  if (by_rows) return reduced(kOp, row_losses(of.outputs, shares), of, options.reduction);

  const Tensor loss = overrides::softmax_cross_entropy(of.outputs, shares);
  if (options.reduction == Reduction::sum) return scaled(loss, rows);
  if (!weight.defined() || targets.dtype() != int64) return loss;
  return loss * (rows / total_weight(kOp, take(weight, of.targets, 0)));
}

Tensor nll(const Tensor& log_probabilities, const Tensor& targets, const NllOptions& options) {
  if (targets.dtype() != int64)
    detail::fail<DtypeError>("nll: targets must be int64 class indices, got {}", targets.dtype());
  detail::check_rows("nll", log_probabilities, targets, options.ignore_index);
  check_class_weights("nll", options.weight, log_probabilities);
  const Kept of = kept("nll", log_probabilities, targets, options.ignore_index, options.reduction);
  Tensor losses = -squeeze(take_along_axis(of.outputs, expand_dims(of.targets, 1), 1), 1);
  if (options.weight.defined()) {
    const Tensor weights = take(options.weight, of.targets, 0);
    losses = detail::shared_logs(weights, losses);
    if (options.reduction == Reduction::mean) return sum(losses) / total_weight("nll", weights);
  }
  return reduced("nll", losses, of, options.reduction);
}

// ln(1 + e^(−x)) = −ln σ(x). Both terms are nonnegative, so that nothing cancels.
Tensor bce_with_logits(const Tensor& logits, const Tensor& targets, const BceOptions& options) {
  constexpr const char* kOp = "bce_with_logits";
  detail::check_pairs(kOp, logits, targets);
  check_values(kOp, "targets", targets, "in 0 … 1", [](auto t) { return t >= 0 && t <= 1; });
  Tensor positive = detail::shared_logs(targets, softplus(-logits));
  if (options.pos_weight.defined()) {
    check_weights(kOp, "pos_weights", options.pos_weight, logits);
    positive = detail::shared_logs(options.pos_weight, positive);
  }
  Tensor losses = positive + detail::shared_logs(1 - targets, softplus(logits));
  if (options.weight.defined()) {
    check_weights(kOp, "weights", options.weight, logits);
    losses = detail::shared_logs(options.weight, losses);
  }
  return detail::reduced(kOp, losses, options.reduction);
}

Tensor hinge(const Tensor& outputs, const Tensor& targets, const LossOptions& options) {
  detail::check_pairs("hinge", outputs, targets);
  check_values("hinge", "targets", targets, "-1 or 1", [](auto t) { return t == -1 || t == 1; });
  return detail::reduced("hinge", relu(1 - targets * outputs), options.reduction);
}

Tensor kl_div(const Tensor& log_probabilities, const Tensor& targets, const LossOptions& options) {
  detail::check_pairs("kl_div", log_probabilities, targets);
  if (targets.rank() != 2 || targets.size(1) == 0)
    detail::fail<ShapeError>("kl_div: expects rows (N, K), got shape {}", targets.shape());
  check_values("kl_div", "targets", targets, "probabilities", [](auto t) { return t >= 0; });
  // Where t is 0 it is replaced by 1 before the logarithm, so that no ∞ reaches a derivative.
  const Tensor none = targets == 0, t = where(none, 1, targets);
  return detail::reduced("kl_div", sum(where(none, 0, t * (log(t) - log_probabilities)), 1), options.reduction);
}

}  // namespace retrograd::nn
