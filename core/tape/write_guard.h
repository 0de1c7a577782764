// Checks writes while a tape is open: a value that a rule still reads must not change, and a value that the tape
// differentiates must not change unrecorded. Deferred products that read the values are computed first. Tensors call
// this before each write.
#pragma once
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// TapeError if an open tape needs the values of x, or, unless the write is itself recorded, differentiates them.
void guard_write(const Tensor& x, const char* op, bool is_recorded);

}  // namespace retrograd::detail
