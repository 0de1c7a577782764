#include "sort.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace retrograd::detail {

namespace {

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

template <class T>
void short_positions(const void* x, std::int64_t* y, void* room, Lines lines, std::int64_t wanted, bool descending,
                     std::int64_t first, std::int64_t last) {
  using Value = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;
  constexpr std::int64_t kFewForRadix = 200;
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
    if (wanted < n / 8)
      std::partial_sort(line, line + wanted, line + n);
    else if (n < kFewForRadix)
      std::sort(line, line + n);
    else
      radix_sort(line, line + n, n);
    for (std::int64_t k = 0; k < wanted; ++k)
      y[(o * wanted + k) * inner + i] = static_cast<std::int64_t>(line[k] & 0xffff'ffff);
  }
}

constexpr SortKernels kTable = {.positions = {short_positions<float>, positions<double>, positions<std::int64_t>,
                                              short_positions<bool>, short_positions<std::uint8_t>}};

}  // namespace

const SortKernels& sort_kernels() { return kTable; }

}  // namespace retrograd::detail
