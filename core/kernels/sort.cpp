#include "sort.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

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

constexpr SortKernels kTable = {.positions = {positions<float>, positions<double>, positions<std::int64_t>,
                                              positions<bool>, positions<std::uint8_t>}};

}  // namespace

const SortKernels& sort_kernels() { return kTable; }

}  // namespace retrograd::detail
