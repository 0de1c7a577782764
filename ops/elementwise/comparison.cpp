#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/elementwise/comparison.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../../core/kernels/simd-inl.h"

#ifndef RETROGRAD_OPS_COMPARISON_KERNELS
#define RETROGRAD_OPS_COMPARISON_KERNELS
namespace retrograd {
using ChooseRun = void (*)(const void* mask, std::int64_t mask_step, const void* a, std::int64_t a_step, const void* b,
                           std::int64_t b_step, void* y, std::int64_t n);
struct ComparisonKernels {
  detail::ByDtype<detail::BinaryRun> equal, not_equal, less, less_equal, greater, greater_equal;
  detail::ByDtype<ChooseRun> choose;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

struct Equal {
  static bool plain(auto a, auto b) { return a == b; }
};
struct NotEqual {
  static bool plain(auto a, auto b) { return a != b; }
};
struct Less {
  static bool plain(auto a, auto b) { return a < b; }
};
struct LessEqual {
  static bool plain(auto a, auto b) { return a <= b; }
};
struct Greater {
  static bool plain(auto a, auto b) { return a > b; }
};
struct GreaterEqual {
  static bool plain(auto a, auto b) { return a >= b; }
};

template <class Op>
constexpr detail::ByDtype<detail::BinaryRun> comparison() {
  constexpr detail::BinaryRun bytes = plain_zip_run<Op, std::uint8_t, bool>;  // of masks too: false is 0, true is 1
  return {plain_zip_run<Op, float, bool>, plain_zip_run<Op, double, bool>, plain_zip_run<Op, std::int64_t, bool>, bytes,
          bytes};
}

template <class T>
void choose_run(const void* mask_run, std::int64_t mask_step, const void* a_run, std::int64_t a_step, const void* b_run,
                std::int64_t b_step, void* y_run, std::int64_t n) {
  const bool* mask = static_cast<const bool*>(mask_run);
  const T *a = static_cast<const T*>(a_run), *b = static_cast<const T*>(b_run);
  T* y = static_cast<T*>(y_run);
  for (std::int64_t i = 0; i < n; ++i) y[i] = mask[i * mask_step] ? a[i * a_step] : b[i * b_step];
}

const ComparisonKernels* comparison_kernels() {
  static constexpr ComparisonKernels kKernels = {
      comparison<Equal>(),
      comparison<NotEqual>(),
      comparison<Less>(),
      comparison<LessEqual>(),
      comparison<Greater>(),
      comparison<GreaterEqual>(),
      {choose_run<float>, choose_run<double>, choose_run<std::int64_t>, choose_run<bool>, choose_run<std::uint8_t>}};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../../core/base/error.h"
#include "../../core/compute/zip.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/format.h"
#include "../../core/tensor/walk.h"
#include "comparison.h"

namespace retrograd {

namespace {
const ComparisonKernels& kernels() { return *RETROGRAD_DISPATCH(comparison_kernels)(); }

Tensor compare(const char* op, const detail::ByDtype<detail::BinaryRun>& kernel, const Operand& left,
               const Operand& right) {
  const detail::OperandPair in(op, left, right);
  return detail::zip(op, kernel, in.a, in.b, boolean);
}
}  // namespace

Tensor equal(const Operand& a, const Operand& b) { return compare("equal", kernels().equal, a, b); }
Tensor not_equal(const Operand& a, const Operand& b) { return compare("not_equal", kernels().not_equal, a, b); }
Tensor less(const Operand& a, const Operand& b) { return compare("less", kernels().less, a, b); }
Tensor less_equal(const Operand& a, const Operand& b) { return compare("less_equal", kernels().less_equal, a, b); }
Tensor greater(const Operand& a, const Operand& b) { return compare("greater", kernels().greater, a, b); }
Tensor greater_equal(const Operand& a, const Operand& b) {
  return compare("greater_equal", kernels().greater_equal, a, b);
}

// d where(m, a, b) = [m]·da + [not m]·db
Tensor where(const Tensor& mask, const Operand& left, const Operand& right) {
  if (mask.dtype() != boolean) fail<DtypeError>("where: the mask must be boolean, got {}", mask.dtype());
  const detail::OperandPair in("where", left, right);
  const Tensor &a = in.a, &b = in.b;
  const Shape shape = broadcast_shapes("where", mask.shape(), broadcast_shapes("where", a.shape(), b.shape()));
  Tensor y = detail::empty_for("where", shape, a.dtype());
  const ChooseRun run = kernels().choose[static_cast<std::size_t>(a.dtype())];
  std::byte* to = y.body().data;
  detail::for_each_run<3>(shape, {&mask, &a, &b},
                          [&](std::array<const void*, 3> at, std::array<std::int64_t, 3> step, std::int64_t n) {
                            run(at[0], step[0], at[1], step[1], at[2], step[2], to, n);
                            to += n * static_cast<std::int64_t>(size_of(a.dtype()));
                          });
  y = record("where", y, wrt(a, [mask](const Tensor& g) { return where(mask, g, 0); }),
             wrt(b, [mask](const Tensor& g) { return where(mask, 0, g); }));
  protect(y, mask);
  return y;
}

}  // namespace retrograd
#endif  // HWY_ONCE
