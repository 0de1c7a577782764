#include "between.h"

#include "../base/threads.h"
#include "kernel_for.h"

namespace retrograd::detail {

Tensor between(const char* op, const ByDtype<BetweenRun>& kernel, const Tensor& any_x, const Tensor& low,
               const Tensor& high) {
  const BetweenRun run = kernel_for(op, kernel, any_x.dtype());
  const Tensor x = packed(any_x);
  Tensor out = Tensor::empty_like(x, x.dtype());
  const std::size_t width = size_of(x.dtype());
  const void *from = x.body().data, *least = low.body().data, *most = high.body().data;
  void* to = out.body().data;
  if (x.size() <= kSharedSteps) {
    run(from, least, most, to, x.size());
    return out;
  }
  parallel_for(x.size(), 1, [&](std::int64_t begin, std::int64_t end) {
    run(advance(from, begin, width), least, most, advance(to, begin, width), end - begin);
  });
  return out;
}

}  // namespace retrograd::detail
