// Which Retrograd this is and what it runs on, for a user's log and a bug report.
#pragma once
#include <string>

#include "blas.h"

#define RETROGRAD_VERSION_MAJOR 0
#define RETROGRAD_VERSION_MINOR 1
#define RETROGRAD_VERSION_PATCH 0

namespace retrograd {

/// "0.1.0".
std::string version();
/// The SIMD target whose element loops run on this machine, e.g. "AVX2".
std::string simd_target();

}  // namespace retrograd
