// The locks that belong to the whole process, in one place, because a fork must take them all: its child has none of
// the threads that might hold one. None of them is held while another is taken, while ops run or while user code does.
// Locks of single objects are defined with those objects, each with its own fork handling. Does not depend on what
// the locks guard.
#pragma once
#include <mutex>

namespace retrograd::detail {

/// Never destroyed, since something static may still compute when everything else is gone.
struct Locks {
  std::mutex plans;     // of checkpointed layers
  std::mutex names;     // of parameters
  std::mutex products;  // that wait to be computed
  std::mutex logs;      // that exist, and those that nobody uses
  std::mutex pools;     // of memory, in the same way
};
Locks& locks();

/// From the first call on, a fork takes them; creating any tensor calls it.
void cover_forks() noexcept;

}  // namespace retrograd::detail
