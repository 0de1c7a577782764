#include "find.h"

#include <atomic>

#include "../base/threads.h"
#include "../tensor/walk.h"
#include "kernel_for.h"

namespace retrograd::detail {

std::int64_t first_position(std::int64_t n, FunctionRef<std::int64_t(std::int64_t begin, std::int64_t end)> first_in) {
  if (n <= kSharedSteps) return first_in(0, n);
  std::atomic<std::int64_t> first{n};
  parallel_for(n, 1, [&](std::int64_t begin, std::int64_t end) {
    if (begin >= first.load(std::memory_order_relaxed)) return;
    const std::int64_t at = first_in(begin, end);
    std::int64_t so_far = first.load(std::memory_order_relaxed);
    while (at < end && at < so_far && !first.compare_exchange_weak(so_far, at, std::memory_order_relaxed)) {
    }
  });
  return first;
}

std::int64_t find(const char* op, const ByDtype<FindRun>& kernel, const Tensor& x) {
  const FindRun run = kernel_for(op, kernel, x.dtype());
  if (!x.is_contiguous()) return find(op, kernel, packed(x));
  const std::int64_t n = x.size();
  const std::byte* data = x.body().data;
  const std::int64_t at = first_position(n, [&](std::int64_t begin, std::int64_t end) {
    return begin + run(advance(data, begin, size_of(x.dtype())), end - begin);
  });
  return at < n ? at : -1;
}

bool all_pairs(const char* op, const ByDtype<PairTest>& kernel, const Tensor& a, const Tensor& b,
               const Tolerance& tolerance) {
  const PairTest test = kernel_for(op, kernel, a.dtype());
  const Shape shape = broadcast_shapes(op, a.shape(), b.shape());
  bool all = true;
  for_each_run<2>(shape, {&a, &b},
                  [&](std::array<const void*, 2> at, std::array<std::int64_t, 2> step, std::int64_t n) {
                    all = all && test(at[0], step[0], at[1], step[1], n, tolerance);
                  });
  return all;
}

}  // namespace retrograd::detail
