// One small pool of workers for the whole process. Work is split into ranges whose borders depend on shapes alone, so
// results are bitwise equal for any number of threads; a caller that finds the pool busy runs its tiles itself. Workers
// spin briefly, then sleep. Does not depend on what a tile computes.
#pragma once
#include <cstdint>

#include "function_ref.h"

namespace retrograd {

/// Sets the number of threads the engine uses, including the caller; at least 1. The default is one for each core
/// available to this process. Must not be called while ops run.
void set_threads(int count);
/// The number of threads the engine uses.
int threads();

namespace detail {
/// The amount of work worth handing to another thread, in steps of a plain element loop; and the number of flops of a
/// product that take as long as one step.
inline constexpr std::int64_t kSharedSteps = 65536;
inline constexpr double kFlopsOfStep = 6.1;
/// Calls work(begin, end) for ranges that partition [0, count), on whichever threads are free; returns when all are
/// done. `steps` is the cost of an item, and a range covers as many items as are worth sharing: its borders depend only
/// on these two numbers. Does not throw, and neither may the work: if there is no memory for workers, the caller does
/// everything.
void parallel_for(std::int64_t count, double steps, FunctionRef<void(std::int64_t begin, std::int64_t end)> work);
/// The number of the current thread among the engine's threads(): 0 for every thread outside the pool, since each of
/// them runs tiles as the first participant.
int participant();
/// From now on all work of this thread runs on it alone; the workers are left to other threads.
void work_alone();
}  // namespace detail
}  // namespace retrograd
