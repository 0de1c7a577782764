#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/version.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {
const char* target_name() { return hwy::TargetName(HWY_TARGET); }
}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <fmt/core.h>

#include "error.h"
#include "version.h"

namespace retrograd {

namespace {
HWY_EXPORT(target_name);

std::string version_text(int number) {
  return fmt::format("{}.{}.{}", number / 10000, number / 100 % 100, number % 100);
}
}  // namespace

std::string version() { return version_text(RETROGRAD_VERSION); }

int version_number() { return RETROGRAD_VERSION; }

void check_version(int headers) {
  if (headers / 100 != RETROGRAD_VERSION / 100)
    fail("check_version: the program has the headers of Retrograd {} and runs with the library of {}",
         version_text(headers), version());
}

std::string simd_target() { return HWY_DYNAMIC_DISPATCH(target_name)(); }

}  // namespace retrograd
#endif  // HWY_ONCE
