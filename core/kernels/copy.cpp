#include "copy.h"

#include <cstring>

namespace retrograd::detail {

namespace {

// Elements of any type may be copied as words.
typedef std::uint8_t Byte;
typedef std::uint32_t Word [[gnu::may_alias]];
typedef std::uint64_t DoubleWord [[gnu::may_alias]];

// Runs are often short, and then the checks before a vector loop take longer than the copy.
template <class T>
void strided_copy(const void* from_run, std::int64_t from_step, void* to_run, std::int64_t to_step, std::int64_t n) {
  constexpr std::int64_t kTiny = 4, kShort = 64;
  const T* from = static_cast<const T*>(from_run);
  T* to = static_cast<T*>(to_run);
  if (to_step == 1 && from_step == 1) {
    if (n > kTiny)
      std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
    else
      for (std::int64_t i = 0; i < n; ++i) to[i] = from[i];
  } else if (to_step == 1 && n < kShort) {
    std::int64_t i = 0;
    for (; i + 4 <= n; i += 4, from += 4 * from_step) {
      const T a = from[0], b = from[from_step], c = from[2 * from_step], d = from[3 * from_step];
      to[i] = a, to[i + 1] = b, to[i + 2] = c, to[i + 3] = d;
    }
    for (; i < n; ++i, from += from_step) to[i] = *from;
  } else {
    for (std::int64_t i = 0; i < n; ++i) to[i * to_step] = from[i * from_step];
  }
}

}  // namespace

CopyRun copy_run_of(std::size_t width) {
  return width == 8 ? strided_copy<DoubleWord> : width == 4 ? strided_copy<Word> : strided_copy<Byte>;
}

}  // namespace retrograd::detail
