#include "normalization.h"

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/normalization.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../reduction/reductions.h"
#include "../reduction/statistics.h"

namespace retrograd {

namespace {

// x as rows: (rows, columns), where each row has the shape of the weight.
Shape rows_of(const Tensor& x, const Tensor& weight) {
  std::int64_t rows = 1;
  for (int axis = 0; axis < x.rank() - weight.rank(); ++axis) rows *= x.shape()[axis];
  return {rows, weight.size()};
}

double checked_epsilon(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  detail::check_floating("layer_norm", x);
  detail::check_dtypes("layer_norm", {{"x", x}, {"weight", weight}, {"bias", bias}});
  bool fits = weight.rank() > 0 && weight.rank() <= x.rank();
  for (int axis = 1; fits && axis <= weight.rank(); ++axis)
    fits = weight.shape()[weight.rank() - axis] == x.shape()[x.rank() - axis];
  if (!fits)
    detail::fail<ShapeError>("layer_norm: the weight {} does not have the innermost axes of {}", weight.shape(),
                             x.shape());
  if (!(bias.shape() == weight.shape()))
    detail::fail<ShapeError>("layer_norm: the weight {} and the bias {} differ in shape", weight.shape(), bias.shape());
  if (epsilon.dtype() != float64 || epsilon.size() != 1)
    detail::fail<DtypeError>("layer_norm: epsilon must be a float64 scalar, got {} of shape {}", epsilon.dtype(),
                             epsilon.shape());
  const auto value = epsilon.item<double>();
  if (!(value >= 0)) detail::fail("layer_norm: epsilon must be 0 or more, got {}", value);
  return value;
}

Tensor layer_norm_composed(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  const double e = checked_epsilon(x, weight, bias, epsilon);
  if (x.size() == 0) return x * weight + bias;
  const Tensor rows = reshape(x, rows_of(x, weight));
  const Tensor away = detail::centered(rows, 1);
  const Tensor normal =
      away / detail::root_mean_square("deviation", away, 1, true, static_cast<double>(weight.size()), e);
  return reshape(normal, x.shape()) * weight + bias;
}

// With h = (x − μ)·r and r = 1/√(σ² + ε): Σ qᵢdhᵢ = Σ r·(qᵢ − mean(q) − hᵢ·mean(q∘h))·dxᵢ
Tensor normal_gradient(const Tensor& q, const Tensor& h, const Tensor& r, const Shape& rows) {
  if (!is_recorded(q, h, r)) {
    const Tensor out = Tensor::empty(q.shape(), q.dtype());
    const auto kernel = detail::kernel_for("layer_norm", detail::normalization_kernels().rows_gradient, q.dtype());
    detail::run_rows({rows[0], rows[1]}, kernel, detail::packed(q), h, r, out, rows[1]);
    return out;
  }
  const Tensor g = reshape(q, rows), normal = reshape(h, rows);
  const Tensor level = detail::centered(g, 1);
  return reshape(r * (level - normal * mean(level * normal, 1, true)), q.shape());
}

Tensor layer_norm_fused(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& epsilon) {
  const double e = checked_epsilon(x, weight, bias, epsilon);
  if (x.size() == 0) return x * weight + bias;
  const Shape rows = rows_of(x, weight);
  Tensor h = Tensor::empty(x.shape(), x.dtype()), r = Tensor::empty({rows[0], 1}, x.dtype()),
         y = Tensor::empty(x.shape(), x.dtype());
  const auto kernel = detail::kernel_for("layer_norm", detail::normalization_kernels().rows, x.dtype());
  detail::run_rows({rows[0], rows[1]}, kernel, detail::packed(x), detail::packed(weight), detail::packed(bias), e, h, r,
                   y, rows[1]);
  // h and r are recorded as well as y, so that the rules can be differentiated. dr = −r²/n·Σ hᵢdxᵢ.
  r = record("inverse_deviation", std::move(r),
             wrt(
                 x,
                 [rows, shape = x.shape()](const Tensor& g, const Tensor& normal, const Tensor& inverse) {
                   const Tensor slope = g * square(inverse) / -static_cast<double>(rows[1]);
                   return reshape(slope * reshape(normal, rows), shape);
                 },
                 h, Result{}));
  h = record("normal", std::move(h),
             wrt(
                 x,
                 [rows](const Tensor& q, const Tensor& normal, const Tensor& inverse) {
                   return normal_gradient(q, normal, inverse, rows);
                 },
                 Result{}, r));
  return record("layer_norm", std::move(y),
                wrt(
                    h, [](const Tensor& g, const Tensor& w) { return g * w; }, weight),
                wrt(
                    weight, [](const Tensor& g, const Tensor& normal) { return g * normal; }, h),
                wrt(bias, [](Tensor g) { return g; }));
}

}  // namespace

constinit const Override overrides::layer_norm{"layer_norm", layer_norm_composed, layer_norm_fused};

Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon) {
  return overrides::layer_norm(x, weight, bias, tensor(epsilon, float64));
}

}  // namespace retrograd
