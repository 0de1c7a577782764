// The version of Retrograd and the SIMD target in use, for a user's log or a bug report. The macros describe the
// headers a program was compiled with; the functions describe the library it is linked to.
#pragma once
#include <string>

/// Changes when programs have to change.
#define RETROGRAD_VERSION_MAJOR 0
/// Changes with new features; before 1.0, programs may have to change as well.
#define RETROGRAD_VERSION_MINOR 2
/// Changes with bug fixes.
#define RETROGRAD_VERSION_PATCH 0
/// The version as an increasing number: 1.2.3 is 10203.
#define RETROGRAD_VERSION (RETROGRAD_VERSION_MAJOR * 10000 + RETROGRAD_VERSION_MINOR * 100 + RETROGRAD_VERSION_PATCH)

namespace retrograd {

/// The version of the library: "0.2.0".
std::string version();
/// The same as a number; equals RETROGRAD_VERSION if the headers match the library.
int version_number();
/// Error naming both versions if the library's major or minor version differs from the headers'; patch versions are
/// compatible. For programs that might mix the headers of one installation with the library of another.
void check_version(int headers = RETROGRAD_VERSION);
/// The SIMD target of the element loops on this machine: "avx512", "avx2" or "baseline". The environment variable
/// RETROGRAD_SIMD_TARGET, set to one of these, is an upper limit.
std::string simd_target();

}  // namespace retrograd
