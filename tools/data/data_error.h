// What is thrown where a published data set is not to be had. Knows no data set.
#pragma once
#include "../../core/base/error.h"

namespace retrograd::tools {

/// A data set that is neither here nor to be had: what was tried, and what to do by hand.
struct DataError : FileError {
  using FileError::FileError;
};

}  // namespace retrograd::tools
