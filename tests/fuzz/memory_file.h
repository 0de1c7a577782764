// A file that holds the bytes a fuzzer made up, in memory.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace retrograd::tests {

/// A name under which these bytes can be read until the next call.
inline std::string memory_file(const std::uint8_t* data, std::size_t size) {
  static const int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
  if (descriptor < 0 || ftruncate(descriptor, 0) != 0 ||
      pwrite(descriptor, data, size, 0) != static_cast<ssize_t>(size))
    std::abort();
  return "/proc/self/fd/" + std::to_string(descriptor);
}

}  // namespace retrograd::tests
