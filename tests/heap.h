// The heap of a test program that links heap.cpp, which takes the names of malloc and its kin: it counts allocations,
// or refuses one of them. Of the whole process, all threads together.
#pragma once

namespace retrograd::tests {

/// Counts from 0.
void start_counting();
/// The number of allocations since.
long stop_counting();

/// The n-th allocation from now on, from 1, finds no memory, and the next ones do.
void refuse_allocation(long n);
/// No allocation is refused any more; true where one was.
bool stop_refusing();

}  // namespace retrograd::tests
