#include "copy.h"

#include <cstring>

namespace retrograd::detail {

namespace {

// Whatever the elements are, they may be read as words.
typedef std::uint8_t Byte;
typedef std::uint32_t Word [[gnu::may_alias]];
typedef std::uint64_t DoubleWord [[gnu::may_alias]];

template <class T>
void strided_copy(const void* from_run, std::int64_t from_step, void* to_run, std::int64_t to_step, std::int64_t n) {
  const T* from = static_cast<const T*>(from_run);
  T* to = static_cast<T*>(to_run);
  if (to_step == 1)
    for (std::int64_t i = 0; i < n; ++i) to[i] = from[i * from_step];
  else
    for (std::int64_t i = 0; i < n; ++i) to[i * to_step] = from[i * from_step];
}

}  // namespace

void copy_run(const void* from, std::int64_t from_step, void* to, std::int64_t to_step, std::int64_t n,
              std::size_t width) {
  if (from_step == 1 && to_step == 1)
    std::memcpy(to, from, static_cast<std::size_t>(n) * width);
  else if (width == 8)
    strided_copy<DoubleWord>(from, from_step, to, to_step, n);
  else if (width == 4)
    strided_copy<Word>(from, from_step, to, to_step, n);
  else
    strided_copy<Byte>(from, from_step, to, to_step, n);
}

}  // namespace retrograd::detail
