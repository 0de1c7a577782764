// Ctrl-C and SIGTERM, as a flag that a run checks. Invariant: the first signal during a run asks it to stop, the second
// ends the process at once; outside a run the first one does. Either way the exit code is 130. Does not depend on what
// is stopped.
#pragma once
#include <atomic>

namespace retrograd::experiments {

constexpr int kInterrupted = 130;

/// From now on a signal ends the process at once; failing writes return errors instead of raising signals.
void exit_on_signals();

/// From now on the first signal sets the flag returned.
const std::atomic<bool>& stop_on_signals();

}  // namespace retrograd::experiments
