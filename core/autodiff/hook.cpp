#include "hook.h"

#include "../base/error.h"
#include "../tensor/format.h"

namespace retrograd::detail {

void check_hooked(const Tensor& g, const Tensor& replacement) {
  if (!replacement.defined()) fail("register_hook: f returned an empty handle instead of a {} cotangent", g.shape());
  if (replacement.dtype() != g.dtype())
    fail<DtypeError>("register_hook: f returned {} for a cotangent that is {}", replacement.dtype(), g.dtype());
  if (!(replacement.shape() == g.shape()))
    fail<ShapeError>("register_hook: f returned shape {} for a cotangent of shape {}", replacement.shape(), g.shape());
}

}  // namespace retrograd::detail
