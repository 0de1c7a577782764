#include "copy.h"

#include "../kernels/copy.h"
#include "../tensor/walk.h"

namespace retrograd::detail {

void write_view(const Tensor& view, const Tensor& x) {
  const CopyRun run = copy_run_of(size_of(x.dtype()));
  for_each_run<2>(x.shape(), {&view, &x},
                  [run](std::array<const void*, 2> at, std::array<std::int64_t, 2> step, std::int64_t n) {
                    run(at[1], step[1], const_cast<void*>(at[0]), step[0], n);
                  });
}

namespace {
template <class T>
void add_runs(const Tensor& view, const Tensor& x) {
  for_each_run<2>(x.shape(), {&view, &x},
                  [](std::array<const void*, 2> at, std::array<std::int64_t, 2> step, std::int64_t n) {
                    T* into = static_cast<T*>(const_cast<void*>(at[0]));
                    const T* from = static_cast<const T*>(at[1]);
                    if (step[0] == 1 && step[1] == 1)
                      for (std::int64_t i = 0; i < n; ++i) into[i] += from[i];
                    else
                      for (std::int64_t i = 0; i < n; ++i) into[i * step[0]] += from[i * step[1]];
                  });
}
}  // namespace

void add_to_view(const Tensor& view, const Tensor& x) {
  dispatch<float, double>(x.dtype(), [&]<class T>() { add_runs<T>(view, x); });
}

}  // namespace retrograd::detail
