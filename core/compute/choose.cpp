#include "choose.h"

#include "../base/threads.h"
#include "../tensor/walk.h"
#include "even_runs.h"
#include "kernel_for.h"

namespace retrograd::detail {

namespace {
// The step of x along a mask of few elements, which must be contiguous: 1 or, if x is one value, 0; otherwise -1.
inline std::int64_t small_step(const Tensor& mask, const Tensor& x) {
  if (mask.size() > kSharedSteps) return -1;
  if (are_parallel(mask, x)) return 1;
  return mask.is_contiguous() && x.size() == 1 && x.rank() <= mask.rank() ? 0 : -1;
}
}  // namespace

Tensor choose(const char* op, const ByDtype<ChooseRun>& kernel, const Tensor& mask, const Tensor& a, const Tensor& b) {
  const ChooseRun run = kernel_for(op, kernel, a.dtype());
  if (const std::int64_t p = small_step(mask, a), q = small_step(mask, b); p >= 0 && q >= 0) {
    Tensor y = empty_for(op, mask.shape(), a.dtype());
    run(mask.body().data, 1, a.body().data, p, b.body().data, q, y.body().data, mask.size());
    return y;
  }
  const Shape shape = broadcast_shapes(op, mask.shape(), broadcast_shapes(op, a.shape(), b.shape()));
  Tensor y = empty_for(op, shape, a.dtype());
  const std::size_t width = size_of(a.dtype());
  const std::int64_t mask_step = flat_step(shape, mask), a_step = flat_step(shape, a), b_step = flat_step(shape, b);
  if (mask_step >= 0 && a_step >= 0 && b_step >= 0) {
    const void *m = mask.body().data, *p = a.body().data, *q = b.body().data;
    std::byte* const to = y.body().data;
    parallel_for(y.size(), 1, [&](std::int64_t begin, std::int64_t end) {
      run(advance(m, begin * mask_step, 1), mask_step, advance(p, begin * a_step, width), a_step,
          advance(q, begin * b_step, width), b_step, advance(to, begin, width), end - begin);
    });
    return y;
  }
  for_each_even_run<3>(
      y, {&mask, &a, &b},
      [run](void* target, const std::array<const void*, 3>& at, const std::array<std::int64_t, 3>& step,
            std::int64_t n) { run(at[0], step[0], at[1], step[1], at[2], step[2], target, n); });
  return y;
}

}  // namespace retrograd::detail
