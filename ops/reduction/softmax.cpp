#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/reduction/softmax.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../../core/kernels/math-inl.h"
#include "rows-inl.h"

#ifndef RETROGRAD_OPS_SOFTMAX_KERNELS
#define RETROGRAD_OPS_SOFTMAX_KERNELS
namespace retrograd {
enum class SoftmaxKind { softmax, log_softmax, log_sum };  // of which the last leaves y as scratch
// log_sums, ln Σ e^x of each row, may be null.
using SoftmaxRows = void (*)(SoftmaxKind kind, const void* x, void* y, double* log_sums, std::int64_t rows,
                             std::int64_t columns);
using GradientRows = void (*)(const void* g, const void* y, void* r, std::int64_t rows, std::int64_t columns);
struct SoftmaxKernels {
  SoftmaxRows rows;
  GradientRows softmax_gradient, log_softmax_gradient;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

// Blocks of rows that stay in the first cache: exponentials are taken of a whole block, across the ends of its rows.
constexpr std::int64_t kBlock = 4096, kBlockRows = 256;
std::int64_t rows_of_block(std::int64_t columns) {
  const std::int64_t rows = kBlock / columns;
  return rows < 1 ? 1 : rows > kBlockRows ? kBlockRows : rows;
}

template <class T>
void softmax_rows(SoftmaxKind kind, const void* x_rows, void* y_rows, double* log_sums, std::int64_t rows,
                  std::int64_t columns) {
  const T* x = static_cast<const T*>(x_rows);
  T* y = static_cast<T*>(y_rows);
  const std::int64_t step = rows_of_block(columns);
  T largest[kBlockRows], total[kBlockRows];
  for (std::int64_t begin = 0; begin < rows; begin += step) {
    const std::int64_t count = begin + step < rows ? step : rows - begin;
    const T* from = x + begin * columns;
    T* to = y + begin * columns;
    for (std::int64_t n = 0; n < count; ++n) {
      const T* row = from + n * columns;
      T* shifted = to + n * columns;
      const T top = largest[n] = row_max(row, columns);
      each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(hn::Sub(hn::LoadU(d, row + i), hn::Set(d, top)), d, shifted + i);
      });
    }
    map_run<Exp, T>(to, to, count * columns);
    for (std::int64_t n = 0; n < count; ++n) {
      T* out = to + n * columns;
      const double sum = row_sum<T>(columns, [=](auto d, std::int64_t i) HWY_ATTR { return hn::LoadU(d, out + i); });
      const T one = total[n] = static_cast<T>(sum);
      if (log_sums) log_sums[begin + n] = static_cast<double>(largest[n]) + std::log(sum);
      if (kind == SoftmaxKind::softmax)
        each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
          hn::StoreU(hn::Div(hn::LoadU(d, out + i), hn::Set(d, one)), d, out + i);
        });
    }
    if (kind != SoftmaxKind::log_softmax) continue;
    map_run<Log, T>(total, total, count);
    for (std::int64_t n = 0; n < count; ++n) {
      const T* row = from + n * columns;
      T* out = to + n * columns;
      const T top = largest[n], log_total = total[n];
      each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(hn::Sub(hn::Sub(hn::LoadU(d, row + i), hn::Set(d, top)), hn::Set(d, log_total)), d, out + i);
      });
    }
  }
}

// r = h∘(g − Σ h∘g), which is the same of g − c for every c: with the cotangent of a share h near 1 as c, what is left
// of 1 − h there is the sum of the other shares, and keeps its digits.
template <class T>
void softmax_gradient_rows(const void* g_rows, const void* h_rows, void* r_rows, std::int64_t rows,
                           std::int64_t columns) {
  for (std::int64_t n = 0; n < rows; ++n) {
    const T *g = static_cast<const T*>(g_rows) + n * columns, *h = static_cast<const T*>(h_rows) + n * columns;
    T* r = static_cast<T*>(r_rows) + n * columns;
    T c = 0;
    if (const T top = row_max(h, columns); top > static_cast<T>(0.5)) {
      std::int64_t at = 0;
      while (h[at] != top) ++at;
      c = g[at];
    }
    const T mean = static_cast<T>(row_sum<T>(columns, [=](auto d, std::int64_t i) HWY_ATTR {
      return hn::Mul(hn::Sub(hn::LoadU(d, g + i), hn::Set(d, c)), hn::LoadU(d, h + i));
    }));
    each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
      const auto shifted = hn::Sub(hn::LoadU(d, g + i), hn::Set(d, c));
      hn::StoreU(hn::Mul(hn::LoadU(d, h + i), hn::Sub(shifted, hn::Set(d, mean))), d, r + i);
    });
  }
}

// r = g − e^y·Σ g
template <class T>
void log_softmax_gradient_rows(const void* g_rows, const void* y_rows, void* r_rows, std::int64_t rows,
                               std::int64_t columns) {
  const std::int64_t step = rows_of_block(columns);
  for (std::int64_t begin = 0; begin < rows; begin += step) {
    const std::int64_t count = begin + step < rows ? step : rows - begin;
    const T* from = static_cast<const T*>(g_rows) + begin * columns;
    T* to = static_cast<T*>(r_rows) + begin * columns;
    map_run<Exp, T>(static_cast<const T*>(y_rows) + begin * columns, to, count * columns);
    for (std::int64_t n = 0; n < count; ++n) {
      const T* g = from + n * columns;
      T* r = to + n * columns;
      const T sum =
          static_cast<T>(row_sum<T>(columns, [=](auto d, std::int64_t i) HWY_ATTR { return hn::LoadU(d, g + i); }));
      each_vector<T>(0, columns, [=](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(hn::NegMulAdd(hn::LoadU(d, r + i), hn::Set(d, sum), hn::LoadU(d, g + i)), d, r + i);
      });
    }
  }
}

template <class T>
constexpr SoftmaxKernels kernels_of() {
  return {softmax_rows<T>, softmax_gradient_rows<T>, log_softmax_gradient_rows<T>};
}
const SoftmaxKernels* softmax_kernels(bool single) {
  static constexpr SoftmaxKernels kSingle = kernels_of<float>(), kDouble = kernels_of<double>();
  return single ? &kSingle : &kDouble;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <limits>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../elementwise/comparison.h"
#include "../elementwise/exponential.h"
#include "../shape/along.h"
#include "../shape/indexing.h"
#include "../shape/shaping.h"
#include "reductions.h"
#include "softmax.h"

namespace retrograd {

namespace {

const SoftmaxKernels& kernels(Dtype dtype) { return *RETROGRAD_DISPATCH(softmax_kernels)(dtype == float32); }

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The second input of an override, checked.
int axis_of(const char* op, const Tensor& x, const Tensor& axis) {
  detail::check_floating(op, x);
  if (axis.dtype() != int64 || axis.size() != 1)
    fail<DtypeError>("{}: the axis must be one int64, got {} of shape {}", op, axis.dtype(), axis.shape());
  const auto value = axis.item<std::int64_t>();
  if (value < -kMaxRank || value >= kMaxRank)
    fail<ShapeError>("{}: axis {} is out of range for {} axes", op, value, x.rank());
  return normal_axis(op, static_cast<int>(value), x.rank());
}
Tensor of_axis(int axis) { return tensor(std::int64_t{axis}); }

// Along an axis whose lines lie as rows.
Tensor run_rows(SoftmaxKind kind, const Tensor& x, const detail::Along& along, double* log_sums) {
  const Tensor from = detail::packed(x);
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  const auto width = static_cast<std::int64_t>(size_of(x.dtype())) * along.n;
  const SoftmaxRows run = kernels(x.dtype()).rows;
  detail::parallel_rows(along.outer, along.n, [&](std::int64_t first, std::int64_t rows) {
    run(kind, from.body().data + first * width, y.body().data + first * width, log_sums ? log_sums + first : nullptr,
        rows, along.n);
  });
  return y;
}
Tensor run_gradient(GradientRows run, const Tensor& g, const Tensor& y, const detail::Along& along) {
  const Tensor cotangent = detail::packed(g), value = detail::packed(y);
  Tensor r = Tensor::empty(g.shape(), g.dtype());
  const auto width = static_cast<std::int64_t>(size_of(g.dtype())) * along.n;
  detail::parallel_rows(along.outer, along.n, [&](std::int64_t first, std::int64_t rows) {
    run(cotangent.body().data + first * width, value.body().data + first * width, r.body().data + first * width, rows,
        along.n);
  });
  return r;
}

// Σₖ gₖ·∂hₖ/∂xᵢ = hᵢ·(gᵢ − Σₖ hₖgₖ), eq. 2.14
Tensor softmax_gradient(const Tensor& g, const Tensor& h, int axis) {
  const detail::Along along(h.shape(), axis);
  if (along.inner == 1 && !is_recorded(g, h)) return run_gradient(kernels(h.dtype()).softmax_gradient, g, h, along);
  const Tensor shifted = [&] {  // as the kernel does
    const NoTape constant;
    return take_along_axis(g, expand_dims(argmax(h, axis), axis), axis);
  }();
  const Tensor from = g - shifted;
  return h * (from - sum(from * h, axis, true));
}
// Σₖ gₖ·∂yₖ/∂xᵢ = gᵢ − e^(yᵢ)·Σₖ gₖ
Tensor log_softmax_gradient(const Tensor& g, const Tensor& y, int axis) {
  const detail::Along along(y.shape(), axis);
  if (along.inner == 1 && !is_recorded(g, y)) return run_gradient(kernels(y.dtype()).log_softmax_gradient, g, y, along);
  return g - exp(y) * sum(g, axis, true);
}

// The largest value changes nothing but the range.
Tensor shifted(const Tensor& x, int axis) { return x - detach(max(x, axis, true)); }

Tensor softmax_along(const Tensor& x, int axis) {
  const Tensor e = exp(shifted(x, axis));
  return e / sum(e, axis, true);  // eq. 2.9
}
Tensor softmax_composed(const Tensor& x, const Tensor& at) {
  const int axis = axis_of("softmax", x, at);
  return x.size() == 0 ? alias(x) : softmax_along(x, axis);
}
Tensor softmax_fused(const Tensor& x, const Tensor& at) {
  const int axis = axis_of("softmax", x, at);
  if (x.size() == 0) return alias(x);
  const detail::Along along(x.shape(), axis);
  Tensor h;
  if (along.inner == 1) {
    h = run_rows(SoftmaxKind::softmax, x, along, nullptr);
  } else {
    const NoTape compute_only;
    h = softmax_along(x, axis);
  }
  if (!is_recorded(x)) return h;
  return record("softmax", h, wrt(x, [h, axis](const Tensor& g) { return softmax_gradient(g, h, axis); }));
}

Tensor log_softmax_composed(const Tensor& x, const Tensor& at) {
  const int axis = axis_of("log_softmax", x, at);
  return x.size() == 0 ? alias(x) : detail::log_softmax_composed(x, axis);
}
Tensor log_softmax_fused(const Tensor& x, const Tensor& at) {
  const int axis = axis_of("log_softmax", x, at);
  if (x.size() == 0) return alias(x);
  const detail::Along along(x.shape(), axis);
  Tensor y;
  if (along.inner == 1) {
    y = run_rows(SoftmaxKind::log_softmax, x, along, nullptr);
  } else {
    const NoTape compute_only;
    y = detail::log_softmax_composed(x, axis);
  }
  if (!is_recorded(x)) return y;
  return record("log_softmax", y, wrt(x, [y, axis](const Tensor& g) { return log_softmax_gradient(g, y, axis); }));
}

// Where the largest value is infinite it is the result, a constant.
Tensor logsumexp_along(const Tensor& x, int axis) {
  const Tensor largest = detach(max(x, axis, true)), infinite = abs(largest) == kInfinity;
  const Tensor z = where(infinite, 0, x) - where(infinite, 0, largest);
  return log(sum(exp(z), axis, true)) + largest;
}
Tensor logsumexp_composed(const Tensor& x, const Tensor& at) { return logsumexp_along(x, axis_of("logsumexp", x, at)); }
// d ln Σ e^x = Σ e^(xᵢ − y)·dxᵢ
Tensor logsumexp_fused(const Tensor& x, const Tensor& at) {
  const int axis = axis_of("logsumexp", x, at);
  const detail::Along along(x.shape(), axis);
  Tensor y;
  if (along.inner == 1 && x.size() > 0) {
    Shape shape = x.shape();
    shape[axis] = 1;
    std::vector<double, detail::PoolAllocator<double>> log_sums(static_cast<std::size_t>(along.outer));
    run_rows(SoftmaxKind::log_sum, x, along, log_sums.data());
    y = Tensor::empty(shape, x.dtype());
    bool is_finite = true;
    dispatch(x.dtype(), [&]<class T>() {
      for (std::int64_t n = 0; n < along.outer; ++n) {
        const double log_sum = log_sums[static_cast<std::size_t>(n)];
        is_finite = is_finite && std::isfinite(log_sum);
        detail::values<T>(y)[n] = static_cast<T>(log_sum);
      }
    });
    if (!is_finite) y = Tensor();  // infinities and NaN take the careful way
  }
  if (!y.defined()) {
    const NoTape compute_only;
    y = logsumexp_along(x, axis);
  }
  if (!is_recorded(x)) return y;
  return record("logsumexp", y, wrt(x, [x, y](const Tensor& g) {
                  const Tensor infinite = abs(y) == kInfinity;
                  if (!any(infinite).item<bool>()) return g * exp(x - y);
                  return g * exp(where(infinite, -kInfinity, x) - where(infinite, 0, y));
                }));
}

}  // namespace

constinit const Override overrides::softmax{"softmax", softmax_composed, softmax_fused};
constinit const Override overrides::log_softmax{"log_softmax", log_softmax_composed, log_softmax_fused};
constinit const Override overrides::logsumexp{"logsumexp", logsumexp_composed, logsumexp_fused};

Tensor softmax(const Tensor& x, int axis) {
  return overrides::softmax(x, of_axis(normal_axis("softmax", axis, x.rank())));
}
Tensor log_softmax(const Tensor& x, int axis) {
  return overrides::log_softmax(x, of_axis(normal_axis("log_softmax", axis, x.rank())));
}
Tensor logsumexp(const Tensor& x, const Axes& axes, bool keepdims) {
  detail::check_floating("logsumexp", x);
  return detail::reduce_stretches(x, axes.mask("logsumexp", x.rank()), keepdims, [](const Tensor& lines) {
    const Shape& shape = lines.shape();
    return shape[1] == 0 ? full({shape[0], 1, shape[2]}, -kInfinity, lines.dtype())
                         : overrides::logsumexp(lines, of_axis(1));
  });
}

Tensor detail::softmax_rows(const Tensor& x, double* log_sums) {
  return run_rows(SoftmaxKind::softmax, x, Along(x.shape(), 1), log_sums);
}

// ln of eq. 2.9
Tensor detail::log_softmax_composed(const Tensor& x, int axis) {
  const Tensor z = shifted(x, axis);
  return z - log(sum(exp(z), axis, true));
}

}  // namespace retrograd
#endif  // HWY_ONCE
