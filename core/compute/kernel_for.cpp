#include "kernel_for.h"

#include <string>

#include "../base/error.h"
#include "../tensor/format.h"

namespace retrograd::detail {

void fail_dtype(const char* op, Dtype dtype, const std::array<bool, kDtypes>& takes) {
  std::string taken;
  for (std::size_t d = 0; d < takes.size(); ++d)
    if (takes[d]) taken += fmt::format("{}{}", taken.empty() ? "" : ", ", static_cast<Dtype>(d));
  fail<DtypeError>("{}: does not support {} (supported: {})", op, dtype, taken);
}

}  // namespace retrograd::detail
