// The error of a published data set that cannot be obtained. Does not depend on any data set.
#pragma once
#include "../../core/base/error.h"

namespace retrograd::tools {

/// A data set was neither found nor fetched; the message lists what was tried, and how to get it by hand.
struct DataError : FileError {
  using FileError::FileError;
};

}  // namespace retrograd::tools
