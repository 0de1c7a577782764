// Conversion of elements to another dtype. Nothing is recorded. Not a public header.
#pragma once
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// x converted to another dtype; DtypeError naming `op` and the first value that the dtype cannot hold.
Tensor convert(const char* op, const Tensor& x, Dtype dtype);
/// Adds an innermost axis of size `classes`, with 1 at the position given by an int64 index and 0 elsewhere; ShapeError
/// naming `op` and the first index that is out of range.
Tensor one_hot(const char* op, const Tensor& indices, std::int64_t classes, Dtype dtype);

}  // namespace retrograd::detail
