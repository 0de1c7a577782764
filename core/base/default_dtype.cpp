#include "default_dtype.h"

#include "error.h"

namespace retrograd {

namespace {

detail::CallContext with_default(Dtype dtype) {
  if (!is_floating(dtype))
    detail::fail<DtypeError>("DefaultDtypeScope: the default must be float32 or float64, got {}", name(dtype));
  detail::CallContext context = detail::current_call_context;
  context.default_dtype = dtype;
  return context;
}

}  // namespace

DefaultDtypeScope::DefaultDtypeScope(Dtype dtype) : scope_(with_default(dtype)) {}

}  // namespace retrograd
