#include "write_guard.h"

#include "../base/error.h"
#include "../compute/product.h"
#include "log.h"

namespace retrograd::detail {

void guard_write(const Tensor& x, const char* op, bool is_recorded) {
  const Body &body = x.body(), &base = *body.base;
  if (is_live(base.tape.stamp.load(std::memory_order_relaxed)))
    fail<TapeError>("{}: an open tape tracks this {} tensor; write after tape.gradients(…) or when the tape is closed",
                    op, described(x));
  if (!is_recorded && (is_live(body.tape.serial.load(std::memory_order_relaxed)) ||
                       is_live(base.tape.serial.load(std::memory_order_relaxed))))
    fail<TapeError>("{}: this {} tensor is a running sum that an open tape differentiates", op, described(x));
  if (base.tape.waiting.load(std::memory_order_acquire) > 0) compute_readers(base);
}

}  // namespace retrograd::detail
