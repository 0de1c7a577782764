#define HWY_TARGET_INCLUDE "core/kernels/random.cpp"
#include "random.h"

#include <cmath>
#include <cstring>

#include "../base/normal_quantile.h"
#include "targets-inl.h"

RETROGRAD_BEGIN_KERNELS();

using detail::NormalQuantile;

// A word of each block in a lane of 64 bits, whose upper half is left as it comes: products read the lower half. Ends
// as pairs of words, and two vectors of pairs are blocks one after the other if even lanes count the first half of them
// and odd lanes the second.
template <class D>
HWY_INLINE void blocks_of_vector(D d, hn::Vec<D> counter, std::uint64_t stream, std::uint64_t key, hn::Vec<D>& low,
                                 hn::Vec<D>& high) {
  const auto times = [d](auto x, std::uint64_t factor) HWY_ATTR {
#if HWY_TARGET == HWY_SCALAR
    return hn::Set(d, (hn::GetLane(x) & 0xFFFFFFFFu) * factor);
#else
    const hn::Repartition<std::uint32_t, D> halves;
    return hn::MulEven(hn::BitCast(halves, x), hn::BitCast(halves, hn::Set(d, factor)));
#endif
  };
  auto c0 = counter, c1 = hn::ShiftRight<32>(counter), c2 = hn::Set(d, stream), c3 = hn::Set(d, stream >> 32);
  auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const auto p0 = times(c0, 0xD2511F53u), p1 = times(c2, 0xCD9E8D57u);
    c0 = hn::Xor(hn::ShiftRight<32>(p1), hn::Xor(c1, hn::Set(d, std::uint64_t{k0})));
    c2 = hn::Xor(hn::ShiftRight<32>(p0), hn::Xor(c3, hn::Set(d, std::uint64_t{k1})));
    c1 = p1;
    c3 = p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  const auto lower = hn::Set(d, std::uint64_t{0xFFFFFFFF});
  low = hn::Or(hn::And(c0, lower), hn::ShiftLeft<32>(c1));
  high = hn::Or(hn::And(c2, lower), hn::ShiftLeft<32>(c3));
}
template <class D>
HWY_INLINE void store_blocks(D d, std::uint64_t counter, std::uint64_t stream, std::uint64_t key, std::uint64_t* to) {
  hn::Vec<D> low, high;
#if HWY_TARGET == HWY_SCALAR
  blocks_of_vector(d, hn::Set(d, counter), stream, key, low, high);
  hn::StoreU(low, d, to);
  hn::StoreU(high, d, to + 1);
#else
  const auto lane = hn::Iota(d, 0), half = hn::Set(d, std::uint64_t{hn::Lanes(d) / 2});
  const auto odd = hn::And(lane, hn::Set(d, std::uint64_t{1}));
  const auto offset = hn::IfThenElse(hn::Eq(odd, hn::Zero(d)), hn::Zero(d), half);
  blocks_of_vector(d, hn::Add(hn::Set(d, counter), hn::Add(hn::ShiftRight<1>(lane), offset)), stream, key, low, high);
  hn::StoreU(hn::InterleaveLower(d, low, high), d, to);
  hn::StoreU(hn::InterleaveUpper(d, low, high), d, to + hn::Lanes(d));
#endif
}
void words(std::uint64_t counter, std::uint64_t stream, std::uint64_t key, std::uint32_t* to, std::int64_t blocks) {
  const hn::ScalableTag<std::uint64_t> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  HWY_ALIGN std::uint64_t room[2 * hn::MaxLanes(d)];
  std::int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR  // whose stores are plain ones, and may not write words as pairs
  for (; i + lanes <= blocks; i += lanes)
    store_blocks(d, counter + static_cast<std::uint64_t>(i), stream, key, reinterpret_cast<std::uint64_t*>(to + 4 * i));
#endif
  for (; i < blocks; i += lanes) {
    store_blocks(d, counter + static_cast<std::uint64_t>(i), stream, key, room);
    std::memcpy(to + 4 * i, room, static_cast<std::size_t>(i + lanes <= blocks ? lanes : blocks - i) * 16);
  }
}

// Two words as one number, the first of them in the lower half.
inline std::uint64_t pair(const std::uint32_t* words, std::int64_t i) {
  std::uint64_t both;
  std::memcpy(&both, words + 2 * i, sizeof(both));
  return both;
}
// Rng::uniform times 2^53: the upper 27 and 26 bits of the words
inline std::int64_t uniform_bits(std::uint64_t both) {
  return static_cast<std::int64_t>((both & 0xFFFFFFE0u) << 21 | both >> 38);
}

template <class T>
bool uniform(const std::uint32_t* from, void* y_run, std::int64_t n, double low, double width, double high) {
  T* y = static_cast<T*>(y_run);
  int beyond = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto value = static_cast<T>(low + width * (static_cast<double>(uniform_bits(pair(from, i))) * 0x1p-53));
    beyond |= !(static_cast<double>(value) < high);
    y[i] = value;
  }
  return beyond == 0;
}

// All by the quotient of the center, then the tails, a seventh of all, side by side by theirs.
template <class T>
void normal(const std::uint32_t* from, void* y_run, std::int64_t n, double mean, double stddev) {
  constexpr std::int64_t kBlock = 256;
  const hn::ScalableTag<double> d;
  const hn::RebindToSigned<decltype(d)> whole;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto center = hn::Set(d, NormalQuantile::kCenter);
  T* y = static_cast<T*>(y_run);
  double q[kBlock] = {}, z[kBlock], tail[kBlock + hn::MaxLanes(d)], r[kBlock];
  std::int64_t place[kBlock + hn::MaxLanes(d)];
  for (std::int64_t begin = 0; begin < n; begin += kBlock, from += 2 * kBlock, y += kBlock) {
    const std::int64_t count = n - begin < kBlock ? n - begin : kBlock;
    for (std::int64_t i = 0; i < count; ++i) {  // the upper 26 bits of both words
      const std::uint64_t both = pair(from, i);
      const auto bits = static_cast<std::int64_t>((both & 0xFFFFFFC0u) << 20 | both >> 38);
      q[i] = (static_cast<double>(bits) + 0.5) * 0x1p-52 - 0.5;
    }
    for (std::int64_t i = 0; i < count; ++i) z[i] = NormalQuantile::central(q[i]);
    std::size_t found = 0;
    auto index = hn::Iota(whole, 0);
    for (std::int64_t i = 0; i < count; i += lanes, index = hn::Add(index, hn::Set(whole, lanes))) {
      const auto at = hn::LoadU(d, q + i);
      const auto is_tail = hn::Gt(hn::Abs(at), center);
      hn::CompressStore(index, hn::RebindMask(whole, is_tail), whole, place + found);
      found += hn::CompressStore(at, is_tail, d, tail + found);
    }
    auto tails = static_cast<std::int64_t>(found);
    while (tails > 0 && place[tails - 1] >= count) --tails;  // of an earlier block
    int beyond = 0;
    for (std::int64_t k = 0; k < tails; ++k) {
      r[k] = NormalQuantile::root_of_log(0.5 - std::abs(tail[k]));
      beyond |= r[k] > NormalQuantile::kFar;
      tail[k] = std::copysign(NormalQuantile::tail(r[k]), tail[k]);
    }
    if (beyond)
      for (std::int64_t k = 0; k < tails; ++k)
        if (r[k] > NormalQuantile::kFar) tail[k] = std::copysign(NormalQuantile::far_tail(r[k]), tail[k]);
    for (std::int64_t k = 0; k < tails; ++k) z[place[k]] = tail[k];
    for (std::int64_t i = 0; i < count; ++i) y[i] = static_cast<T>(mean + stddev * z[i]);
  }
}

// u < p of multiples of 2^-53 as of whole numbers
template <class T>
void bernoulli(const std::uint32_t* from, void* y_run, std::int64_t n, double p) {
  T* y = static_cast<T*>(y_run);
  const auto limit = static_cast<std::int64_t>(std::ceil(p * 0x1p53));
  for (std::int64_t i = 0; i < n; ++i) y[i] = static_cast<T>(uniform_bits(pair(from, i)) < limit);
}

__extension__ typedef unsigned __int128 Wide;
// The remainder of the draw by a product with the inverse of `count`, which makes the quotient at most one too small.
bool below(const std::uint32_t* from, std::int64_t* y, std::int64_t n, std::uint64_t low, std::uint64_t count) {
  const std::uint64_t most = ~std::uint64_t{0}, limit = most - most % count, inverse = most / count;
  int beyond = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint64_t both = pair(from, i), draw = both << 32 | both >> 32;
    beyond |= draw >= limit;
    std::uint64_t left = draw - static_cast<std::uint64_t>(static_cast<Wide>(draw) * inverse >> 64) * count;
    left -= count & -static_cast<std::uint64_t>(left >= count);
    y[i] = static_cast<std::int64_t>(low + left);
  }
  return beyond == 0;
}

void at_least(const std::uint32_t* from, bool* y, std::int64_t n, double threshold) {
  const auto limit = static_cast<std::uint64_t>(std::ceil(threshold));
  if (limit > 0xFFFFFFFFu) return static_cast<void>(std::memset(y, 0, static_cast<std::size_t>(n)));
  const auto least = static_cast<std::uint32_t>(limit);
  auto* bytes = reinterpret_cast<unsigned char*>(y);
  for (std::int64_t i = 0; i < n; ++i) bytes[i] = from[i] >= least;
}

constexpr detail::RandomKernels kTable = {
    .words = words,
    .uniform = {uniform<float>, uniform<double>, nullptr, nullptr, nullptr},
    .normal = {normal<float>, normal<double>, nullptr, nullptr, nullptr},
    .bernoulli = {bernoulli<float>, bernoulli<double>, bernoulli<std::int64_t>, bernoulli<bool>,
                  bernoulli<std::uint8_t>},
    .below = below,
    .at_least = at_least,
};

RETROGRAD_END_KERNELS(RandomKernels, random_kernels);
