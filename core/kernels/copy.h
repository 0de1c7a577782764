// Copies of evenly spaced elements of any type, given by their width: 1, 4 or 8 bytes. Not a public header.
#pragma once
#include <cstddef>
#include <cstdint>

namespace retrograd::detail {

/// to[i · to_step] = from[i · from_step] for n elements; the ranges must not overlap.
using CopyRun = void (*)(const void* from, std::int64_t from_step, void* to, std::int64_t to_step, std::int64_t n);
/// The copy function for elements of `width` bytes.
CopyRun copy_run_of(std::size_t width);

}  // namespace retrograd::detail
