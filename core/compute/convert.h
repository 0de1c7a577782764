// The doors that turn elements into those of another dtype. Nothing is recorded. Not a public header.
#pragma once
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// x in another dtype; DtypeError names `op` and the first value that it cannot hold.
Tensor convert(const char* op, const Tensor& x, Dtype dtype);
/// A new innermost axis of `classes` places, 1 at the place that an int64 index says and 0 at the others; ShapeError
/// names `op` and the first index that is none of them.
Tensor one_hot(const char* op, const Tensor& indices, std::int64_t classes, Dtype dtype);

}  // namespace retrograd::detail
