#include "call_context.h"

namespace retrograd::detail {

// Defined here rather than inline: a program built with hidden symbols would otherwise get its own copy besides the
// shared library's.
thread_local constinit CallContext current_call_context{};

}  // namespace retrograd::detail
