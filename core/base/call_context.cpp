#include "call_context.h"

namespace retrograd::detail {

// Not inline: a program with hidden symbols would otherwise have its own copy beside the shared library's.
thread_local constinit CallContext current_call_context{};

}  // namespace retrograd::detail
