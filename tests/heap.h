// The heap of a test program that links heap.cpp, which replaces malloc and related functions: counts allocations, or
// makes one of them fail. Process-wide, over all threads.
#pragma once

namespace retrograd::tests {

/// Resets the count to 0.
void start_counting();
/// The number of allocations since the reset.
long stop_counting();

/// Makes the n-th allocation from now on, counted from 1, fail, but not the ones after it.
void refuse_allocation(long n);
/// Stops failing allocations; returns true where one failed.
bool stop_refusing();

}  // namespace retrograd::tests
