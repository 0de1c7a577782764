// Whatever the bytes: a tensor of at most eight times as many (integers of one byte become int64), or a FileError.
#include <retrograd/core/base/error.h>
#include <retrograd/tools/data/npy.h>

#include "memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const retrograd::Tensor x = retrograd::tools::read_npy(retrograd::tests::memory_file(data, size));
    if (static_cast<std::size_t>(x.size()) * size_of(x.dtype()) > 8 * size) std::abort();
  } catch (const retrograd::FileError&) {
  }
  return 0;
}
