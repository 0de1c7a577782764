#include "call_context.h"

namespace retrograd::detail {

// Not inline, as own_pool is not.
thread_local constinit Ambient current_ambient{};

}  // namespace retrograd::detail
