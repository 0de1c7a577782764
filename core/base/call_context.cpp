#include "call_context.h"

namespace retrograd::detail {

// Not inline, as own_pool is not.
thread_local constinit CallContext current_call_context{};

}  // namespace retrograd::detail
