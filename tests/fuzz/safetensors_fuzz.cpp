// Whatever the bytes: tensors of at most twice as many (halves become floats), each name once, or a FileError.
#include <retrograd/core/base/error.h>
#include <retrograd/nn/files/safetensors.h>

#include <set>

#include "memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    std::size_t bytes = 0;
    std::set<std::string> names;
    for (const auto& [name, x] : retrograd::nn::read_safetensors(retrograd::tests::memory_file(data, size)).tensors) {
      bytes += static_cast<std::size_t>(x.size()) * size_of(x.dtype());
      if (!names.insert(name).second) std::abort();
    }
    if (bytes > 2 * size) std::abort();
  } catch (const retrograd::FileError&) {
  }
  return 0;
}
