// A queue of jobs processed by a few threads. Invariant: each job is started at most once, in the order of the list,
// and none after `stop` is set; an exception from a job is rethrown by `run_jobs` after the other jobs have ended. Does
// not depend on what a job does.
#pragma once
#include <atomic>
#include <cstddef>
#include <functional>

namespace retrograd::experiments {

/// Calls job(0) … job(count - 1) on up to `workers` threads and waits for them.
void run_jobs(std::size_t count, std::size_t workers, const std::atomic<bool>& stop,
              const std::function<void(std::size_t)>& job);

}  // namespace retrograd::experiments
