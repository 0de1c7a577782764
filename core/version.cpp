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

#include "version.h"

namespace retrograd {

namespace {
HWY_EXPORT(target_name);
}  // namespace

std::string version() {
  return fmt::format("{}.{}.{}", RETROGRAD_VERSION_MAJOR, RETROGRAD_VERSION_MINOR, RETROGRAD_VERSION_PATCH);
}

std::string simd_target() { return HWY_DYNAMIC_DISPATCH(target_name)(); }

}  // namespace retrograd
#endif  // HWY_ONCE
