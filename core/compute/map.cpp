#include "map.h"

#include "../base/threads.h"
#include "kernel_for.h"

namespace retrograd::detail {

Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x) { return map(op, kernel, x, x.dtype()); }

Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x, Dtype out_dtype) {
  const UnaryRun run = kernel_for(op, kernel, x.dtype());
  if (!x.is_contiguous()) return map(op, kernel, packed(x), out_dtype);
  Tensor out = Tensor::empty_like(x, out_dtype);
  const std::int64_t n = x.size();
  const void* source = x.body().data;
  void* target = out.body().data;
  if (n <= kSharedSteps) {
    run(source, target, n);
    return out;
  }
  const std::size_t from = size_of(x.dtype()), to = size_of(out_dtype);
  parallel_for(n, 1, [&](std::int64_t begin, std::int64_t end) {
    run(advance(source, begin, from), advance(target, begin, to), end - begin);
  });
  return out;
}

}  // namespace retrograd::detail
