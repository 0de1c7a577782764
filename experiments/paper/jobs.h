// A queue of jobs worked off by a few threads.
// Invariant: each job is started at most once, in the list's order, and none after `stop` was set; an exception that
// leaves a job leaves `run_jobs`, after the others have ended. Refuses to know: what a job does.
#pragma once
#include <atomic>
#include <cstddef>
#include <functional>

namespace retrograd::experiments {

/// Calls job(0) … job(count - 1) on up to `workers` threads and waits for them.
void run_jobs(std::size_t count, std::size_t workers, const std::atomic<bool>& stop,
              const std::function<void(std::size_t)>& job);

}  // namespace retrograd::experiments
