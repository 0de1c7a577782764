#include "cumulative.h"

#include <algorithm>
#include <cstring>

#include "../core/error.h"
#include "../core/format.h"
#include "../core/tape.h"
#include "along.h"
#include "arithmetic.h"
#include "convert.h"

namespace retrograd {

namespace {

// What runs along a line: double for floating values; unsigned for integers, so that they wrap.
template <class T>
using Running = std::conditional_t<std::is_integral_v<T>, std::uint64_t, double>;

// Walks all lines of an axis from one end to the other, up to 64 neighbours abreast: step(running value, position).
template <class T, class F>
void walk_lines(const detail::Along& along, bool reverse, Running<T> start, F step) {
  constexpr std::int64_t kAbreast = 64;
  std::array<Running<T>, kAbreast> running;
  if (along.n == 0 || along.inner == 0) return;
  for (std::int64_t o = 0; o < along.outer; ++o)
    for (std::int64_t begin = 0; begin < along.inner; begin += kAbreast) {
      const std::int64_t width = std::min(kAbreast, along.inner - begin);
      std::fill_n(running.begin(), width, start);
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
    walk_lines<T>(detail::Along(x.shape(), axis), reverse, 0, [v, to](Running<T>& sum, std::int64_t at) {
      sum += static_cast<Running<T>>(v[at]);
      to[at] = static_cast<T>(sum);
    });
  });
  return record("cumsum", y, wrt(x, [axis, reverse](const Tensor& g) { return cumulative_sum(g, axis, !reverse); }));
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
  return record("shifted", y, wrt(x, [axis, reverse](const Tensor& g) { return shifted(g, axis, !reverse, 0); }));
}

// sₖ = bₖ + aₖ·sₖ₋₁ (or sₖ₊₁) from 0. With λ = ∂L/∂s in full: λₖ = gₖ + aₖ₊₁·λₖ₊₁, ∂L/∂bₖ = λₖ, ∂L/∂aₖ = λₖ·sₖ₋₁:
// a recurrence the other way.
Tensor recurrence(const Tensor& a, const Tensor& b, int axis, bool reverse) {
  const Tensor factors = detail::packed(a), terms = detail::packed(b), s = Tensor::empty(b.shape(), b.dtype());
  dispatch_numbers("recurrence", b.dtype(), [&]<class T>() {
    const T *factor = factors.data<T>(), *term = terms.data<T>();
    T* to = detail::values<T>(s);
    walk_lines<T>(detail::Along(b.shape(), axis), reverse, 0, [=](Running<T>& sum, std::int64_t at) {
      sum = static_cast<Running<T>>(term[at]) + static_cast<Running<T>>(factor[at]) * sum;
      to[at] = static_cast<T>(sum);
    });
  });
  if (!is_recorded(a, b)) return s;
  const Tensor inputs[] = {a, b};
  return record_joint("recurrence", s, inputs, [a, s, axis, reverse](const Tensor& g, Cotangents& out) {
    const Tensor total = recurrence(shifted(a, axis, !reverse, 0), g, axis, !reverse);
    if (out.wants(0)) out.give(0, total * shifted(s, axis, reverse, 0));
    if (out.wants(1)) out.give(1, total);
  });
}

// yₖ = Π xⱼ over j ≤ k. ∂L/∂xᵢ = Σ over k ≥ i of gₖ·Π over j ≤ k, j ≠ i: what stands before i, times
// rᵢ = gᵢ + xᵢ₊₁·rᵢ₊₁; without a division.
Tensor cumulative_product(const Tensor& x, int axis, bool reverse) {
  const Tensor from = detail::packed(x), y = Tensor::empty(x.shape(), x.dtype());
  dispatch_numbers("cumprod", x.dtype(), [&]<class T>() {
    const T* v = from.data<T>();
    T* to = detail::values<T>(y);
    walk_lines<T>(detail::Along(x.shape(), axis), reverse, 1, [v, to](Running<T>& product, std::int64_t at) {
      product *= static_cast<Running<T>>(v[at]);
      to[at] = static_cast<T>(product);
    });
  });
  return record("cumprod", y, wrt(x, [x, y, axis, reverse](const Tensor& g) {
                  return shifted(y, axis, reverse, 1) * recurrence(shifted(x, axis, !reverse, 0), g, axis, !reverse);
                }));
}

}  // namespace

Tensor cumsum(const Tensor& x, int axis) {
  return cumulative_sum(detail::as_number(x), normal_axis("cumsum", axis, x.rank()), false);
}
Tensor cumprod(const Tensor& x, int axis) {
  return cumulative_product(detail::as_number(x), normal_axis("cumprod", axis, x.rank()), false);
}

Tensor detail::product_before(const Tensor& x, int axis, bool reverse) {
  return shifted(cumulative_product(x, axis, reverse), axis, reverse, 1);
}

}  // namespace retrograd
