// Ctrl-C and SIGTERM, as the flag that a run looks at.
// Invariant: the first signal during a run asks it to stop, a second ends the process at once; outside a run the first
// one does. Either way the exit code is 130.
// Refuses to know: what there is to stop.
#pragma once
#include <atomic>

namespace retrograd::experiments {

constexpr int kInterrupted = 130;

/// From now on a signal ends the process at once; a write that cannot succeed fails instead of raising one.
void exit_on_signals();

/// From now on the first signal sets the flag returned.
const std::atomic<bool>& stop_on_signals();

}  // namespace retrograd::experiments
