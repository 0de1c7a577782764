#include "training.h"

#include "../../core/base/default_dtype.h"

namespace retrograd::nn {

Training::Training(Rng& rng) : scope_({&rng, detail::current_call_context.is_rerun, default_dtype()}) {}

Rng* training() { return detail::current_call_context.randomness; }

bool updates_statistics() { return training() && !detail::current_call_context.is_rerun; }

}  // namespace retrograd::nn
