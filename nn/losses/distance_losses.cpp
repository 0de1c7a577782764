#include "distance_losses.h"

#include <cmath>

#include "../../core/base/error.h"
#include "../../core/tape/linear.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../../ops/elementwise/activations.h"
#include "../../ops/elementwise/arithmetic.h"
#include "../../ops/elementwise/comparison.h"
#include "../../ops/elementwise/hyperbolic.h"
#include "../../ops/elementwise/rectifiers.h"
#include "../../ops/reduction/reductions.h"
#include "../../ops/reduction/statistics.h"

namespace retrograd::nn {

namespace {
void check_rows_alike(const char* op, const Tensor& a, const Tensor& b) {
  detail::check_floating(op, a);
  detail::check_dtypes(op, a, b);
  if (!(a.shape() == b.shape())) detail::fail<ShapeError>("{}: shapes differ: {} and {}", op, a.shape(), b.shape());
  if (a.rank() != 2 || a.size(1) == 0) detail::fail<ShapeError>("{}: expects rows (N, D), got shape {}", op, a.shape());
}
}  // namespace

// Normalizes each vector first, so that no product overflows.
Tensor cosine_similarity(const Tensor& a, const Tensor& b, int axis, double epsilon) {
  detail::check_floating("cosine_similarity", a);
  if (!(epsilon > 0)) detail::fail("cosine_similarity: epsilon must be positive, got {}", epsilon);
  detail::check_dtypes("cosine_similarity", a, b);
  const Shape shape = detail::broadcast_shapes("cosine_similarity", a.shape(), b.shape());
  const int along = detail::normal_axis("cosine_similarity", axis, shape.rank());
  // Broadcasts first: the axis refers to the broadcast shape, and a size of 1 along it counts once per repetition.
  const auto directions = [&](const Tensor& x) {
    const Tensor all = x.shape() == shape ? x : broadcast_to(x, shape);
    return all / maximum(norm(all, 2, along, true), epsilon);
  };
  return sum(directions(a) * directions(b), along);
}

Tensor cosine_embedding(const Tensor& a, const Tensor& b, const Tensor& targets,
                        const CosineEmbeddingOptions& options) {
  constexpr const char* kOp = "cosine_embedding";
  check_rows_alike(kOp, a, b);
  if (!(options.margin >= -1 && options.margin <= 1))
    detail::fail("{}: the margin must be between -1 and 1, got {}", kOp, options.margin);
  if (targets.dtype() != a.dtype())
    detail::fail<DtypeError>("{}: targets must be {} like the rows, got {}", kOp, a.dtype(), targets.dtype());
  if (!(targets.shape() == Shape{a.size(0)}))
    detail::fail<ShapeError>("{}: rows {} require {} targets, got shape {}", kOp, a.shape(), a.size(0),
                             targets.shape());
  detail::check_values(kOp, "targets", targets, "-1 or 1", [](auto t) { return t == -1 || t == 1; });
  const Tensor similarity = cosine_similarity(a, b, 1);
  return detail::reduced(kOp, where(targets > 0, 1 - similarity, relu(similarity - options.margin)), options.reduction);
}

Tensor triplet(const Tensor& anchors, const Tensor& positives, const Tensor& negatives, const TripletOptions& options) {
  check_rows_alike("triplet", anchors, positives);
  check_rows_alike("triplet", anchors, negatives);
  if (!(options.margin >= 0) || !std::isfinite(options.margin))
    detail::fail("triplet: the margin must be finite and not negative, got {}", options.margin);
  if (options.p != 1 && options.p != 2 && options.p != INFINITY)
    detail::fail("triplet: p must be 1, 2 or infinity, got {}", options.p);
  const auto distance = [&](const Tensor& from) { return norm(anchors - from, options.p, 1); };
  return detail::reduced("triplet", relu(distance(positives) - distance(negatives) + options.margin),
                         options.reduction);
}

}  // namespace retrograd::nn
