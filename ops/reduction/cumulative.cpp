#include "cumulative.h"

#include <array>
#include <bit>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/lines_of.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/prefix.h"
#include "../../core/kernels/products.h"
#include "../../core/kernels/scan.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../elementwise/convert.h"
#include "../shape/along.h"
#include "../shape/views.h"

namespace retrograd {

namespace {

using detail::Lines;

const detail::ScanKernels& kernels() { return detail::scan_kernels(); }

// yₖ = kernel(x₀ … xₖ) along the axis; reversed, from the other end.
Tensor scan(const char* op, const detail::ByDtype<detail::PrefixKernels::Scan>& scans, const Tensor& x, int axis,
            bool reverse) {
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  const Lines lines = detail::lines_of(x.shape(), axis);
  const auto kernel = detail::kernel_for(op, scans, x.dtype());
  if (x.size() > 0) detail::run_rows({lines.blocks(), lines.steps()}, kernel, detail::packed(x), y, lines, reverse);
  return y;
}

// yₖ = Σ xⱼ over j ≤ k (or j ≥ k); its transpose runs in the opposite direction.
Tensor cumulative_sum(const Tensor& x, int axis, bool reverse) {
  Tensor y = scan("cumsum", detail::prefix_kernels().sum, x, axis, reverse);
  return record("cumsum", std::move(y),
                wrt(x, [axis, reverse](const Tensor& g) { return cumulative_sum(g, axis, !reverse); }));
}

// yₖ = xₖ₋₁ (or xₖ₊₁), with `fill` at the vacated end; its transpose shifts in the opposite direction, with zeros.
Tensor shifted(const Tensor& x, int axis, bool reverse, double fill) {
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  const Lines lines = detail::lines_of(x.shape(), axis);
  const auto kernel = detail::kernel_for("shifted", kernels().shift, x.dtype());
  if (x.size() > 0)
    detail::run_rows({lines.outer, lines.n * lines.inner}, kernel, detail::packed(x), y, lines, reverse, fill);
  return record("shifted", std::move(y),
                wrt(x, [axis, reverse](const Tensor& g) { return shifted(g, axis, !reverse, 0); }));
}

// sₖ = bₖ + aₖ·sₖ₋₁ (or sₖ₊₁) from 0. With λ = ∂L/∂s, the total derivative: λₖ = gₖ + aₖ₊₁·λₖ₊₁, ∂L/∂bₖ = λₖ, ∂L/∂aₖ =
// λₖ·sₖ₋₁: a recurrence in the opposite direction.
Tensor recurrence(const Tensor& a, const Tensor& b, int axis, bool reverse) {
  Tensor s = Tensor::empty(b.shape(), b.dtype());
  const Lines lines = detail::lines_of(b.shape(), axis);
  const auto kernel = detail::kernel_for("recurrence", kernels().recurrence, b.dtype());
  if (b.size() > 0)
    detail::run_rows({lines.blocks(), lines.steps()}, kernel, detail::packed(a), detail::packed(b), s, lines, reverse);
  const Tensor inputs[] = {a, b};
  return record_joint(
      "recurrence", std::move(s), inputs,
      [axis, reverse](const Tensor& g, Cotangents& out, const Tensor& u, const Tensor& value) {
        const Tensor total = recurrence(shifted(u, axis, !reverse, 0), g, axis, !reverse);
        if (out.wants(0)) out.give(0, total * shifted(value, axis, reverse, 0));
        if (out.wants(1)) out.give(1, total);
      },
      a, Result{});
}

// The cotangent of xᵢ for a cotangent g of yₖ = Π xⱼ over j ≤ k: Σ over k ≥ i of gₖ·Π over j ≤ k, j ≠ i. That is the
// product of everything before i times rᵢ = gᵢ + xᵢ₊₁·rᵢ₊₁, which needs no division.
Tensor cumulative_product_gradient(const Tensor& g, const Tensor& x, const Tensor& y, int axis, bool reverse) {
  return shifted(y, axis, reverse, 1) * recurrence(shifted(x, axis, !reverse, 0), g, axis, !reverse);
}

// yₖ = Π xⱼ over j ≤ k.
Tensor cumulative_product(const Tensor& x, int axis, bool reverse) {
  Tensor y = scan("cumprod", detail::prefix_kernels().product, x, axis, reverse);
  return record("cumprod", std::move(y),
                wrt(
                    x,
                    [axis, reverse](const Tensor& g, const Tensor& at, const Tensor& value) {
                      return cumulative_product_gradient(g, at, value, axis, reverse);
                    },
                    x, Result{}));
}

// oᵢ = Π xⱼ over j ≠ i for lines (outer, n, inner): the product of everything before i times that of everything after.
Tensor product_of_others(const Tensor& x) {
  constexpr int kAxis = 1;
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  const Tensor room = Tensor::empty({x.size() * detail::ProductKernels::kBytesOfOthers}, uint8);
  const Lines lines = detail::lines_of(x.shape(), kAxis);
  const auto kernel = detail::kernel_for("prod", detail::product_kernels().others, x.dtype());
  if (x.size() > 0) detail::run_rows({lines.blocks(), 2 * lines.steps()}, kernel, detail::packed(x), y, room, lines);
  return record("product_of_others", std::move(y),
                wrt(
                    x,
                    [](const Tensor& g, const Tensor& at) {
                      const Tensor up = cumulative_product(at, kAxis, false),
                                   down = cumulative_product(at, kAxis, true);
                      const Tensor before = shifted(up, kAxis, false, 1), behind = shifted(down, kAxis, true, 1);
                      return cumulative_product_gradient(shifted(g * behind, kAxis, true, 0), at, up, kAxis, false) +
                             cumulative_product_gradient(shifted(g * before, kAxis, false, 0), at, down, kAxis, true);
                    },
                    x));
}

}  // namespace

Tensor cumsum(const Tensor& x, int axis) {
  return cumulative_sum(detail::as_number(x), detail::normal_axis("cumsum", axis, x.rank()), false);
}
Tensor cumprod(const Tensor& x, int axis) {
  return cumulative_product(detail::as_number(x), detail::normal_axis("cumprod", axis, x.rank()), false);
}

// Π xⱼ over j ≠ i; separate ranges of axes are transposed into one
Tensor detail::products_of_others(const Tensor& x, std::uint32_t mask) {
  const std::uint32_t from_first = mask == 0 ? 0 : mask >> std::countr_zero(mask);
  if ((from_first & (from_first + 1)) == 0) {  // one stretch
    const int first = mask == 0 ? 0 : std::countr_zero(mask);
    const Lines along = lines_of(x.shape(), first, first + std::popcount(mask) - 1);
    return reshape(product_of_others(reshape(x, Shape{along.outer, along.n, along.inner})), x.shape());
  }
  std::array<int, kMaxRank> order{}, back{};
  std::size_t rank = 0;
  for (const bool reduced : {false, true})
    for (int axis = 0; axis < x.rank(); ++axis)
      if ((mask >> axis & 1) == reduced) {
        back[static_cast<std::size_t>(axis)] = static_cast<int>(rank);
        order[rank++] = axis;
      }
  const Tensor turned = transpose(x, std::span(order).first(rank));
  const std::int64_t outer = reduced_shape(x.shape(), mask, false).size();
  const Tensor lines = reshape(turned, Shape{outer, outer == 0 ? 0 : x.size() / outer, 1});
  return transpose(reshape(product_of_others(lines), turned.shape()), std::span(back).first(rank));
}

}  // namespace retrograd
