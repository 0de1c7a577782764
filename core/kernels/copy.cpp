#define HWY_TARGET_INCLUDE "core/kernels/copy.cpp"
#include "copy.h"

#include <algorithm>
#include <cstring>

#include "simd-inl.h"

RETROGRAD_BEGIN_KERNELS();

// Elements of any type are copied as words.
typedef std::uint8_t Byte;
typedef std::uint32_t Word [[gnu::may_alias]];
typedef std::uint64_t DoubleWord [[gnu::may_alias]];

#if HWY_TARGET == HWY_SCALAR
constexpr bool kHasVectors = false;
#else
constexpr bool kHasVectors = true;

// A vector of 16 bytes.
template <class T>
using Sixteen = hn::FixedTag<std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>, 16 / sizeof(T)>;

// Transposes a block of 4 × 4 words or 2 × 2 double words in registers.
inline void transpose_block(const Word* from, std::int64_t from_step, Word* to, std::int64_t to_step) {
  const Sixteen<Word> d;
  const hn::RepartitionToWide<decltype(d)> wide;
  const auto load = [&](std::int64_t i) {
    return hn::LoadU(d, reinterpret_cast<const std::uint32_t*>(from) + i * from_step);
  };
  const auto store = [&](auto v, std::int64_t i) {
    hn::StoreU(hn::BitCast(d, v), d, reinterpret_cast<std::uint32_t*>(to) + i * to_step);
  };
  const auto a = load(0), b = load(1), c = load(2), e = load(3);
  const auto ab_low = hn::BitCast(wide, hn::InterleaveLower(d, a, b)),
             ab_high = hn::BitCast(wide, hn::InterleaveUpper(d, a, b)),
             ce_low = hn::BitCast(wide, hn::InterleaveLower(d, c, e)),
             ce_high = hn::BitCast(wide, hn::InterleaveUpper(d, c, e));
  store(hn::InterleaveLower(wide, ab_low, ce_low), 0);
  store(hn::InterleaveUpper(wide, ab_low, ce_low), 1);
  store(hn::InterleaveLower(wide, ab_high, ce_high), 2);
  store(hn::InterleaveUpper(wide, ab_high, ce_high), 3);
}
inline void transpose_block(const DoubleWord* from, std::int64_t from_step, DoubleWord* to, std::int64_t to_step) {
  const Sixteen<DoubleWord> d;
  const auto* const in = reinterpret_cast<const std::uint64_t*>(from);
  auto* const out = reinterpret_cast<std::uint64_t*>(to);
  const auto a = hn::LoadU(d, in), b = hn::LoadU(d, in + from_step);
  hn::StoreU(hn::InterleaveLower(d, a, b), d, out);
  hn::StoreU(hn::InterleaveUpper(d, a, b), d, out + to_step);
}
// to[i] = from[-i] for as many of the n elements as fill whole vectors. Returns their number.
template <class T>
std::int64_t reverse_vectors(const T* from, T* to, std::int64_t n) {
  const Sixteen<T> d;
  using Lane = hn::TFromD<decltype(d)>;
  constexpr auto kLanes = static_cast<std::int64_t>(16 / sizeof(T));
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    hn::StoreU(hn::Reverse(d, hn::LoadU(d, reinterpret_cast<const Lane*>(from - i - kLanes + 1))), d,
               reinterpret_cast<Lane*>(to + i));
  return i;
}
#endif

// to[r · to_row + c] = from[r + c · from_column]. Goes along the columns in stretches of 64 bytes, so that each cache
// line read is used completely at once.
template <class T>
void transpose(const T* from, std::int64_t from_column, T* to, std::int64_t to_row, std::int64_t rows,
               std::int64_t columns) {
  constexpr auto kSide = static_cast<std::int64_t>(sizeof(T) == 1 ? 1 : 16 / sizeof(T));
  constexpr auto kStretch = static_cast<std::int64_t>(64 / sizeof(T));
  const auto plainly = [&](std::int64_t row, std::int64_t row_end, std::int64_t column, std::int64_t column_end) {
    for (std::int64_t c = column; c < column_end; ++c)
      for (std::int64_t r = row; r < row_end; ++r) to[r * to_row + c] = from[r + c * from_column];
  };
  for (std::int64_t row = 0; row < rows; row += kStretch) {
    const std::int64_t row_end = std::min(rows, row + kStretch);
    std::int64_t c = 0;
    if constexpr (kHasVectors && kSide > 1) {
      for (; c + kSide <= columns; c += kSide) {
        std::int64_t r = row;
        for (; r + kSide <= row_end; r += kSide)
          transpose_block(from + r + c * from_column, from_column, to + r * to_row + c, to_row);
        plainly(r, row_end, c, c + kSide);
      }
    }
    plainly(row, row_end, c, columns);
  }
}

// The same through a buffer, for rows whose distance would map them to the same cache sets.
template <class T>
void transpose_buffered(const T* from, std::int64_t from_column, T* to, std::int64_t to_row, std::int64_t rows,
                        std::int64_t columns) {
  constexpr std::int64_t kRows = 32, kColumns = 512 / sizeof(T);
  T aside[kRows * kColumns];
  for (std::int64_t row = 0; row < rows; row += kRows)
    for (std::int64_t column = 0; column < columns; column += kColumns) {
      const std::int64_t height = std::min(kRows, rows - row), width = std::min(kColumns, columns - column);
      transpose(from + row + column * from_column, from_column, aside, width, height, width);
      for (std::int64_t r = 0; r < height; ++r)
        std::memcpy(to + (row + r) * to_row + column, aside + r * width, static_cast<std::size_t>(width) * sizeof(T));
    }
}

// One row. Rows are often short, and then the checks before a vector loop take longer than the copy.
template <class T>
void copy_row(const T* from, std::int64_t from_step, T* to, std::int64_t to_step, std::int64_t n) {
  constexpr std::int64_t kTiny = 4;
  std::int64_t i = 0;
  if (to_step == 1 && from_step == 1) {
    if (n > kTiny) {
      std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
      return;
    }
    for (; i < n; ++i) to[i] = from[i];
    return;
  }
  if (to_step == 1 && from_step == 0) {
    std::fill_n(to, n, *from);
    return;
  }
  if constexpr (kHasVectors && sizeof(T) > 1)
    if (to_step == 1 && from_step == -1) i = reverse_vectors(from, to, n);
  if (to_step == 1) {
    const T* at = from + i * from_step;
    for (; i + 4 <= n; i += 4, at += 4 * from_step) {
      const T a = at[0], b = at[from_step], c = at[2 * from_step], e = at[3 * from_step];
      to[i] = a, to[i + 1] = b, to[i + 2] = c, to[i + 3] = e;
    }
  }
  for (; i < n; ++i) to[i * to_step] = from[i * from_step];
}

template <class T>
void copy_box(const void* from_box, std::int64_t from_row, std::int64_t from_column, void* to_box, std::int64_t to_row,
              std::int64_t to_column, std::int64_t rows, std::int64_t columns) {
  if (to_column != 1 && to_row == 1) {
    std::swap(from_row, from_column), std::swap(to_row, to_column), std::swap(rows, columns);
  }
  const T* from = static_cast<const T*>(from_box);
  T* to = static_cast<T*>(to_box);
  const bool is_dense = to_column == 1 && to_row == columns;
  if (rows > 1 && is_dense && from_column == 1 && from_row == columns) {
    copy_row(from, 1, to, 1, rows * columns);
  } else if (rows > 1 && is_dense && from_row == 0) {
    copy_row(from, from_column, to, 1, columns);
    for (std::int64_t done = columns; done < rows * columns; done *= 2)
      copy_row<T>(to, 1, to + done, 1, std::min(done, rows * columns - done));
  } else if (rows > 1 && to_column == 1 && from_row == 1 && from_column != 1 && from_column != 0) {
    constexpr std::int64_t kFar = 1024 / sizeof(T);
    (to_row % kFar == 0 ? transpose_buffered<T> : transpose<T>)(from, from_column, to, to_row, rows, columns);
  } else {
    for (std::int64_t row = 0; row < rows; ++row)
      copy_row(from + row * from_row, from_column, to + row * to_row, to_column, columns);
  }
}

constexpr detail::CopyKernels kTable = {
    .bytes = copy_box<Byte>, .words = copy_box<Word>, .double_words = copy_box<DoubleWord>};

RETROGRAD_END_KERNELS(CopyKernels, copy_kernels);
