// Who may write values while a tape is open: nobody may change what a rule still reads, nor, unseen by the tape, what
// it differentiates. What waits to be computed from the values is computed first. Tensors call it before each write.
#pragma once
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// TapeError where an open tape needs the values of x, or, unless the write is itself recorded, differentiates them.
void guard_write(const Tensor& x, const char* op, bool is_recorded);

}  // namespace retrograd::detail
