// Copies of elements that lie evenly apart, whatever they are: an element is a width of 1, 4 or 8 bytes. Not a public
// header.
#pragma once
#include <cstddef>
#include <cstdint>

namespace retrograd::detail {

/// to[i · to_step] = from[i · from_step] for n elements; the two do not overlap.
using CopyRun = void (*)(const void* from, std::int64_t from_step, void* to, std::int64_t to_step, std::int64_t n);
/// The copy of elements of so many bytes.
CopyRun copy_run_of(std::size_t width);

}  // namespace retrograd::detail
