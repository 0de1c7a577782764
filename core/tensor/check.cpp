#include "check.h"

#include <string>

#include "../base/error.h"
#include "format.h"

namespace retrograd::detail {

namespace {
[[noreturn]] void fail_dtypes(const char* op, const std::string& dtypes) {
  fail<DtypeError>("{}: dtypes differ: {}; convert with astype", op, dtypes);
}
}  // namespace

void fail_dtypes(const char* op, const Tensor& a, const Tensor& b) {
  fail_dtypes(op, fmt::format("{} and {}", a.dtype(), b.dtype()));
}

void fail_dtypes(const char* op, std::initializer_list<NamedOperand> operands) {
  std::string dtypes;
  for (const auto& [name, x] : operands) dtypes += fmt::format("{}{} {}", dtypes.empty() ? "" : ", ", name, x.dtype());
  fail_dtypes(op, dtypes);
}

}  // namespace retrograd::detail
