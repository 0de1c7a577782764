#define HWY_TARGET_INCLUDE "core/kernels/sort.cpp"
#include "sort.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "simd-inl.h"

RETROGRAD_BEGIN_KERNELS();

using detail::Lines;
using detail::SortKernels;

struct Place {
  std::uint64_t key;
  std::int64_t index;
  bool operator<(const Place& other) const { return key != other.key ? key < other.key : index < other.index; }
};
static_assert(sizeof(Place) == SortKernels::kBytesOfPlace);

// Integers in the order of the values, with NaN the largest and both zeros equal. Doubles represent every float32. All
// bits of a negative double are flipped, otherwise only the sign.
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
std::uint64_t key_of(double value) {
  if (value != value) return ~std::uint64_t{0};
  const double unsigned_zero = value + 0.0;
  std::uint64_t bits;
  std::memcpy(&bits, &unsigned_zero, sizeof bits);
  return bits & kSign ? ~bits : bits | kSign;
}
std::uint64_t key_of(std::int64_t value) { return static_cast<std::uint64_t>(value) ^ kSign; }

template <class T>
void positions(const void* x, std::int64_t* y, void* room, Lines lines, std::int64_t wanted, bool descending,
               std::int64_t first, std::int64_t last) {
  using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
  const std::uint64_t turn = descending ? ~std::uint64_t{0} : 0;
  const std::int64_t n = lines.n, inner = lines.inner;
  Place* line = static_cast<Place*>(room);
  for (std::int64_t at = first; at < last; ++at) {
    const std::int64_t o = at / inner, i = at % inner;
    const T* v = static_cast<const T*>(x) + o * n * inner + i;
    for (std::int64_t k = 0; k < n; ++k) line[k] = {key_of(static_cast<Wide>(v[k * inner])) ^ turn, k};
    if (wanted < n / 8)
      std::partial_sort(line, line + wanted, line + n);
    else
      std::sort(line, line + n);
    for (std::int64_t k = 0; k < wanted; ++k) y[(o * wanted + k) * inner + i] = line[k].index;
  }
}

// The same for elements of at most four bytes: a 32-bit key in front of a 32-bit index. Such words differ, and sort
// like pairs.
std::uint32_t short_key_of(float value) {
  if (value != value) return ~std::uint32_t{0};
  constexpr std::uint32_t kShortSign = std::uint32_t{1} << 31;
  const float unsigned_zero = value + 0.0f;
  std::uint32_t bits;
  std::memcpy(&bits, &unsigned_zero, sizeof bits);
  return bits & kShortSign ? ~bits : bits | kShortSign;
}
std::uint32_t short_key_of(std::uint8_t value) { return value; }

// Sorts by the 32-bit keys, byte by byte from the lowest, keeping the order of equal ones; `other` has room for as
// many.
void radix_sort(std::uint64_t* words, std::uint64_t* other, std::int64_t n) {
  constexpr int kDigits = 4, kValues = 256;
  std::array<std::array<std::uint32_t, kValues>, kDigits> counts{};
  for (std::int64_t i = 0; i < n; ++i)
    for (std::size_t digit = 0; digit < kDigits; ++digit) ++counts[digit][words[i] >> (32 + 8 * digit) & 0xff];
  std::uint64_t* from = words;
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    auto& count = counts[digit];
    const std::size_t shift = 32 + 8 * digit;
    if (count[from[0] >> shift & 0xff] == n) continue;  // all alike
    std::uint32_t begin = 0;
    for (std::uint32_t& one : count) begin += std::exchange(one, begin);
    for (std::int64_t i = 0; i < n; ++i) other[count[from[i] >> shift & 0xff]++] = from[i];
    std::swap(from, other);
  }
  if (from != words) std::copy_n(from, n, words);
}

// Writes the positions of the `wanted` smallest of a few words, which differ: the rank of each is how many are smaller.
constexpr std::int64_t kFewForRanks = 96;
void rank_sort(const std::uint64_t* words, std::int64_t n, std::int64_t wanted, std::int64_t* y, std::int64_t step) {
  constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;  // so that they compare as signed words, which is quicker
  std::int64_t key[kFewForRanks], rank[kFewForRanks];
  for (std::int64_t i = 0; i < n; ++i) {
    key[i] = static_cast<std::int64_t>(words[i] ^ kSignBit);
    rank[i] = 0;
  }
  for (std::int64_t j = 0; j < n; ++j) {
    const std::int64_t other = key[j];
    for (std::int64_t i = 0; i < n; ++i) rank[i] += other < key[i];
  }
  for (std::int64_t i = 0; i < n; ++i)
    if (rank[i] < wanted) y[rank[i] * step] = static_cast<std::int64_t>(words[i] & 0xffff'ffff);
}

template <class T>
void short_positions(const void* x, std::int64_t* y, void* room, Lines lines, std::int64_t wanted, bool descending,
                     std::int64_t first, std::int64_t last) {
  using Value = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;
  const std::int64_t n = lines.n, inner = lines.inner;
  if (n > std::numeric_limits<std::uint32_t>::max())
    return positions<T>(x, y, room, lines, wanted, descending, first, last);
  const std::uint32_t turn = descending ? ~std::uint32_t{0} : 0;
  std::uint64_t* line = static_cast<std::uint64_t*>(room);
  for (std::int64_t at = first; at < last; ++at) {
    const std::int64_t o = at / inner, i = at % inner;
    const Value* v = static_cast<const Value*>(x) + o * n * inner + i;
    for (std::int64_t k = 0; k < n; ++k)
      line[k] = std::uint64_t{short_key_of(v[k * inner]) ^ turn} << 32 | static_cast<std::uint64_t>(k);
    if (n <= kFewForRanks) {
      rank_sort(line, n, wanted, y + o * wanted * inner + i, inner);
      continue;
    }
    if (wanted < n / 8)
      std::partial_sort(line, line + wanted, line + n);
    else
      radix_sort(line, line + n, n);
    for (std::int64_t k = 0; k < wanted; ++k)
      y[(o * wanted + k) * inner + i] = static_cast<std::int64_t>(line[k] & 0xffff'ffff);
  }
}

constexpr SortKernels kTable = {.positions = {short_positions<float>, positions<double>, positions<std::int64_t>,
                                              short_positions<bool>, short_positions<std::uint8_t>}};

RETROGRAD_END_KERNELS(SortKernels, sort_kernels);
