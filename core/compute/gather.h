// Gathers elements of a tensor by indices, and rows of a table in any order, as batches are taken from a dataset: split
// among threads, with prefetching. Nothing is recorded. Not a public header, except for what sources of batches use.
#pragma once
#include <cstdint>
#include <span>

#include "../tensor/tensor.h"

namespace retrograd::detail {

/// The rows of x, which must be contiguous, in the given order; if `pixels`, uint8 is decoded to floating point as (x −
/// 128)/255. `known` is the number of row indices readable from rows.data(), for prefetching beyond the batch.
Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> rows, std::int64_t known, bool pixels);

/// y[o, j, i] = x[o, indices[o, j, i], i] along the axis. `indices` has the shape of y; negative ones are replaced as
/// by checked_indices, with the same errors.
Tensor gather_along(const char* op, const Tensor& x, Tensor& indices, int axis);

}  // namespace retrograd::detail
