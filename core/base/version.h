// Which Retrograd this is and what it runs on, for a user's log and a bug report. The macros are those of the headers
// that a program was compiled with, the functions speak of the library that it runs with.
#pragma once
#include <string>

/// The part of the version that changes when programs have to.
#define RETROGRAD_VERSION_MAJOR 0
/// The part that changes with new features; before 1.0 programs may have to change, too.
#define RETROGRAD_VERSION_MINOR 2
/// The part that changes with fixes.
#define RETROGRAD_VERSION_PATCH 0
/// The version as a number that grows: 1.2.3 is 10203.
#define RETROGRAD_VERSION (RETROGRAD_VERSION_MAJOR * 10000 + RETROGRAD_VERSION_MINOR * 100 + RETROGRAD_VERSION_PATCH)

namespace retrograd {

/// The version of the library: "0.2.0".
std::string version();
/// The same as a number: RETROGRAD_VERSION where headers and library belong together.
int version_number();
/// Error naming both versions where the library is not of the major and minor version of the headers; patches go
/// together. For a program that may have found the headers of one installation and the library of another.
void check_version(int headers = RETROGRAD_VERSION);
/// The SIMD target whose element loops run on this machine: "avx512", "avx2" or "baseline". The environment variable
/// RETROGRAD_SIMD_TARGET, set to one of these, allows none beyond it.
std::string simd_target();

}  // namespace retrograd
