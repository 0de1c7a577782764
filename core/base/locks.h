// The process-wide locks, in one place, because a fork must take them all: its child has none of the threads that might
// hold one. None of them is held while another is taken, or while ops or user code run. Locks of single objects are
// defined with those objects, each with its own fork handling. Does not depend on what the locks guard.
#pragma once
#include <mutex>

namespace retrograd::detail {

/// Never destroyed, since objects with static storage duration may still compute after everything else is gone.
struct Locks {
  std::mutex plans;     // plans of checkpointed layers
  std::mutex names;     // names of parameters
  std::mutex products;  // products that are not computed yet
  std::mutex logs;      // all logs, and the list of idle ones
  std::mutex pools;     // all memory pools, likewise
};
Locks& locks();

/// From the first call on, a fork takes these locks; creating any tensor calls this.
void cover_forks() noexcept;

}  // namespace retrograd::detail
