// The door for rows of a table in any order, as batches take them from a data set: shared among threads, and what is
// read soon is brought near meanwhile. Nothing is recorded. Not a public header but for what the sources of batches
// use.
#pragma once
#include <cstdint>
#include <span>

#include "../tensor/tensor.h"

namespace retrograd::detail {

/// The rows of x, which is contiguous, in the order given; where `pixels`, uint8 is decoded to float32 (x − 128)/255.
/// The row numbers go on in memory to `known` of them.
Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> rows, std::int64_t known, bool pixels);

}  // namespace retrograd::detail
