#include "cumulative.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/base/storage.h"
#include "../../core/base/total.h"
#include "../../core/kernels/running_product.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../elementwise/convert.h"
#include "../shape/along.h"

namespace retrograd {

namespace {

// What runs along a line of integers: unsigned, so that it wraps.
struct WrappingSum {
  std::uint64_t sum = 0;
  void add(std::int64_t x) { sum += static_cast<std::uint64_t>(x); }
  std::uint64_t value() const { return sum; }
};
struct WrappingProduct {
  std::uint64_t product = 1;
  void times(std::int64_t x) { product *= static_cast<std::uint64_t>(x); }
  std::uint64_t value() const { return product; }
};
template <class T>
using SumOf = std::conditional_t<std::is_integral_v<T>, WrappingSum, detail::Total<T>>;
template <class T>
using ProductOf = std::conditional_t<std::is_integral_v<T>, WrappingProduct, detail::RunningProduct<T>>;
// As both take it.
template <class T>
using Wide = std::conditional_t<std::is_integral_v<T>, std::int64_t, double>;

// Walks all lines of an axis from one end to the other, up to 64 neighbors abreast: step(running value, position).
template <class Running, class F>
void walk_lines(const detail::Along& along, bool reverse, F step) {
  constexpr std::int64_t kAbreast = 64;
  std::array<Running, kAbreast> running;
  if (along.n == 0 || along.inner == 0) return;
  for (std::int64_t o = 0; o < along.outer; ++o)
    for (std::int64_t begin = 0; begin < along.inner; begin += kAbreast) {
      const std::int64_t width = std::min(kAbreast, along.inner - begin);
      std::fill_n(running.begin(), width, Running());
      for (std::int64_t k = 0; k < along.n; ++k) {
        const std::int64_t row = reverse ? along.n - 1 - k : k;
        const std::int64_t at = (o * along.n + row) * along.inner + begin;
        for (std::int64_t i = 0; i < width; ++i) step(running[static_cast<std::size_t>(i)], at + i);
      }
    }
}

template <class F>
void dispatch_numbers(const char* op, Dtype dtype, F&& f) {
  if (dtype == float32) return f.template operator()<float>();
  if (dtype == float64) return f.template operator()<double>();
  if (dtype == int64) return f.template operator()<std::int64_t>();
  fail<DtypeError>("{}: does not take {}", op, dtype);
}

// yₖ = Σ xⱼ over j ≤ k (or j ≥ k); its transpose runs the other way.
Tensor cumulative_sum(const Tensor& x, int axis, bool reverse) {
  const Tensor from = detail::packed(x), y = Tensor::empty(x.shape(), x.dtype());
  dispatch_numbers("cumsum", x.dtype(), [&]<class T>() {
    const T* v = from.data<T>();
    T* to = detail::values<T>(y);
    walk_lines<SumOf<T>>(detail::Along(x.shape(), axis), reverse, [v, to](SumOf<T>& sum, std::int64_t at) {
      sum.add(static_cast<Wide<T>>(v[at]));
      to[at] = static_cast<T>(sum.value());
    });
  });
  return record("cumsum", std::move(y),
                wrt(x, [axis, reverse](const Tensor& g) { return cumulative_sum(g, axis, !reverse); }));
}

// yₖ = xₖ₋₁ (or xₖ₊₁), and `fill` at the end that is left free; its transpose moves the other way, with zeros.
Tensor shifted(const Tensor& x, int axis, bool reverse, double fill) {
  const Tensor from = detail::packed(x), y = Tensor::empty(x.shape(), x.dtype());
  const detail::Along along(x.shape(), axis);
  const std::int64_t line = along.n * along.inner, kept = line - along.inner;
  dispatch_numbers("shifted", x.dtype(), [&]<class T>() {
    const T* v = from.data<T>();
    T* to = detail::values<T>(y);
    for (std::int64_t o = 0; o < (x.size() > 0 ? along.outer : 0); ++o, v += line, to += line) {
      std::copy_n(v + (reverse ? along.inner : 0), kept, to + (reverse ? 0 : along.inner));
      std::fill_n(to + (reverse ? kept : 0), along.inner, static_cast<T>(fill));
    }
  });
  return record("shifted", std::move(y),
                wrt(x, [axis, reverse](const Tensor& g) { return shifted(g, axis, !reverse, 0); }));
}

// sₖ = bₖ + aₖ·sₖ₋₁ (or sₖ₊₁) from 0. With λ = ∂L/∂s in full: λₖ = gₖ + aₖ₊₁·λₖ₊₁, ∂L/∂bₖ = λₖ, ∂L/∂aₖ = λₖ·sₖ₋₁:
// a recurrence the other way.
Tensor recurrence(const Tensor& a, const Tensor& b, int axis, bool reverse) {
  const Tensor factors = detail::packed(a), terms = detail::packed(b);
  Tensor s = Tensor::empty(b.shape(), b.dtype());
  dispatch_floating(b.dtype(), [&]<class T>() {
    const T *factor = factors.data<T>(), *term = terms.data<T>();
    T* to = detail::values<T>(s);
    walk_lines<double>(detail::Along(b.shape(), axis), reverse, [=](double& sum, std::int64_t at) {
      sum = static_cast<double>(term[at]) + static_cast<double>(factor[at]) * sum;
      to[at] = static_cast<T>(sum);
    });
  });
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

// The cotangent of x that g of yₖ = Π xⱼ over j ≤ k means: Σ over k ≥ i of gₖ·Π over j ≤ k, j ≠ i, which is what stands
// before i, times rᵢ = gᵢ + xᵢ₊₁·rᵢ₊₁; without a division.
Tensor cumulative_product_gradient(const Tensor& g, const Tensor& x, const Tensor& y, int axis, bool reverse) {
  return shifted(y, axis, reverse, 1) * recurrence(shifted(x, axis, !reverse, 0), g, axis, !reverse);
}

// yₖ = Π xⱼ over j ≤ k.
Tensor cumulative_product(const Tensor& x, int axis, bool reverse) {
  const Tensor from = detail::packed(x), y = Tensor::empty(x.shape(), x.dtype());
  dispatch_numbers("cumprod", x.dtype(), [&]<class T>() {
    const T* v = from.data<T>();
    T* to = detail::values<T>(y);
    walk_lines<ProductOf<T>>(detail::Along(x.shape(), axis), reverse, [v, to](ProductOf<T>& product, std::int64_t at) {
      product.times(static_cast<Wide<T>>(v[at]));
      to[at] = static_cast<T>(product.value());
    });
  });
  return record("cumprod", std::move(y),
                wrt(
                    x,
                    [axis, reverse](const Tensor& g, const Tensor& at, const Tensor& value) {
                      return cumulative_product_gradient(g, at, value, axis, reverse);
                    },
                    x, Result{}));
}

// oᵢ = Π xⱼ over j ≠ i of lines (outer, n, inner): what stands before i times what stands behind.
Tensor product_of_others(const Tensor& x) {
  constexpr int kAxis = 1;
  const Tensor from = detail::packed(x), y = Tensor::empty(x.shape(), x.dtype());
  dispatch_floating(x.dtype(), [&]<class T>() {
    using Running = ProductOf<T>;
    const detail::Along along(x.shape(), kAxis);
    const T* v = from.data<T>();
    T* to = detail::values<T>(y);
    std::vector<Running, detail::PoolAllocator<Running>> before(static_cast<std::size_t>(x.size()));
    walk_lines<Running>(along, false, [&](Running& product, std::int64_t at) {
      before[static_cast<std::size_t>(at)] = product;
      product.times(static_cast<double>(v[at]));
    });
    walk_lines<Running>(along, true, [&](Running& product, std::int64_t at) {
      Running& others = before[static_cast<std::size_t>(at)];
      others.times(product);
      product.times(static_cast<double>(v[at]));
      to[at] = static_cast<T>(others.value());
    });
  });
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
  return cumulative_sum(detail::as_number(x), normal_axis("cumsum", axis, x.rank()), false);
}
Tensor cumprod(const Tensor& x, int axis) {
  return cumulative_product(detail::as_number(x), normal_axis("cumprod", axis, x.rank()), false);
}

// ∂ Πⱼ xⱼ/∂xᵢ = Π xⱼ over j ≠ i
Tensor detail::product_along(const Tensor& lines) {
  const Along along(lines.shape(), 1);
  const Tensor from = packed(lines);
  Tensor y = Tensor::empty({along.outer, 1, along.inner}, is_floating(lines.dtype()) ? lines.dtype() : int64);
  dispatch(lines.dtype(), [&]<class T>() {
    using Out = std::conditional_t<std::is_floating_point_v<T>, T, std::int64_t>;
    const T* v = from.data<T>();
    Out* to = values<Out>(y);
    if (along.n == 0) std::fill_n(to, y.size(), Out{1});
    walk_lines<ProductOf<T>>(along, false, [=](ProductOf<T>& product, std::int64_t at) {
      product.times(static_cast<Wide<T>>(v[at]));
      const std::int64_t row = at / along.inner;
      if (row % along.n == along.n - 1)
        to[row / along.n * along.inner + at % along.inner] = static_cast<Out>(product.value());
    });
  });
  return record("prod", std::move(y),
                wrt(
                    lines, [](const Tensor& g, const Tensor& at) { return g * product_of_others(at); }, lines));
}

}  // namespace retrograd
