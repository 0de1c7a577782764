#include "training.h"

namespace retrograd::nn {

Training::Training(Rng& rng) : scope_({&rng, detail::current_ambient.is_rerun}) {}

Rng* training() { return detail::current_ambient.randomness; }

bool updates_statistics() { return training() && !detail::current_ambient.is_rerun; }

}  // namespace retrograd::nn
