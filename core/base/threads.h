// One small pool of workers for the whole process. Work comes as tiles whose borders depend on shapes alone, so results
// are bitwise equal for any number of threads; a caller that finds the pool busy does its tiles itself. Workers spin
// briefly, then sleep. Knows nothing of what a tile computes.
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
/// Calls tile(0) … tile(count-1), each once, on whatever threads are free; returns when all are done. Does not throw,
/// and tiles must not: where there is no memory for workers, the caller does all.
void parallel_for(std::int64_t count, FunctionRef<void(std::int64_t)> tile);
/// Which of the engine's threads() threads this one is: 0 of all that are not the pool's, each of which calls tiles as
/// the first of its own.
int participant();
/// From now on all work of this thread is done on it alone, and the workers are left to the others.
void work_alone();
/// Calls work(begin, end) over [0, count) in ranges of items, each item `flops` of work, large enough to hand over.
void parallel_ranges(std::int64_t count, double flops, FunctionRef<void(std::int64_t, std::int64_t)> work);
}  // namespace detail
}  // namespace retrograd
