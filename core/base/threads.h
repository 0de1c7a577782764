// One small pool of workers for the whole process. Work comes as ranges whose borders depend on shapes alone, so
// results are bitwise equal for any number of threads; a caller that finds the pool busy does its tiles itself. Workers
// spin briefly, then sleep. Does not depend on what a tile computes.
#pragma once
#include <cstdint>

#include "function_ref.h"

namespace retrograd {

/// Sets how many threads (the caller included) the engine uses, from 1; the default is one for each core this process
/// may use. Not while ops run.
void set_threads(int count);
/// How many threads the engine uses.
int threads();

namespace detail {
/// Work that is worth handing to another thread, in steps of a plain element loop; and the flops of a product that take
/// as long as one step.
inline constexpr std::int64_t kSharedSteps = 65536;
inline constexpr double kFlopsOfStep = 6.1;
/// Calls work(begin, end) for ranges that together are [0, count), on whatever threads are free; returns when all are
/// done. An item takes so many steps, and a range as many items as are worth sharing: its borders depend on these two
/// numbers alone. Does not throw, and the work must not: where there is no memory for workers, the caller does all.
void parallel_for(std::int64_t count, double steps, FunctionRef<void(std::int64_t begin, std::int64_t end)> work);
/// Which of the engine's threads() threads this one is: 0 of all that are not the pool's, each of which calls tiles as
/// the first of its own.
int participant();
/// From now on all work of this thread is done on it alone, and the workers are left to the others.
void work_alone();
}  // namespace detail
}  // namespace retrograd
