#include "observer.h"

#include <exception>
#include <vector>

namespace retrograd::detail {

// Defined here rather than inline: a program built with hidden symbols would otherwise get its own copy besides the
// shared library's.
thread_local constinit Observer* Observer::current_ = nullptr;

void notify_recorded(Log* log, const Tensor& y, std::span<const Tensor* const> inputs) {
  std::exception_ptr refusal;
  each_observer([&](Observer& observer) {
    try {
      observer.recorded(*log, y.body().tape.node, y, inputs);
    } catch (...) {
      if (!refusal) refusal = std::current_exception();
    }
  });
  if (refusal) std::rethrow_exception(refusal);
}

void notify_recorded(Log* log, const Tensor& y, std::span<const Tensor> inputs) {
  std::vector<const Tensor*> seen;
  for (const Tensor& x : inputs) seen.push_back(&x);
  notify_recorded(log, y, std::span<const Tensor* const>(seen));
}

}  // namespace retrograd::detail
