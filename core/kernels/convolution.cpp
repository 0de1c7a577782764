#define HWY_TARGET_INCLUDE "core/kernels/convolution.cpp"
#include "convolution.h"

#include <algorithm>
#include <utility>

#include "targets-inl.h"

RETROGRAD_BEGIN_KERNELS();

using detail::Tap;

// Accumulators that fit the registers: 32 of them with AVX-512, else 16.
constexpr bool kHas32 = HWY_TARGET <= HWY_AVX3;
constexpr int kMostFilters = kHas32 ? 8 : 4;
// Vectors of positions in a block of so many filters.
constexpr int wide_for(int filters) {
  if constexpr (kHas32) return filters >= 4 ? 3 : filters == 2 ? 4 : 6;
  return filters == 4 ? 3 : filters == 2 ? 4 : 6;
}

// The first n lanes of a vector, of which there may be none. (Of one lane there is no part but none.)
template <class D>
HWY_INLINE auto part_of(D d, std::int64_t n) {
  return hn::FirstN(d, static_cast<std::size_t>(std::max<std::int64_t>(n, 0)));
}
template <class D, class M, class T>
HWY_INLINE auto load_part(D d, M part, const T* from) {
#if HWY_TARGET == HWY_SCALAR
  return part.bits ? hn::LoadU(d, from) : hn::Zero(d);
#else
  return hn::MaskedLoad(part, d, from);
#endif
}
template <class D, class V, class M, class T>
HWY_INLINE void store_part(V v, D d, M part, T* to) {
#if HWY_TARGET == HWY_SCALAR
  if (part.bits) hn::StoreU(v, d, to);
#else
  hn::BlendedStore(v, part, d, to);
#endif
}

template <class T>
struct Sums {
  const T *source, *weights;
  std::int64_t weight_stride;
  const Tap* taps;
  std::int64_t count;
  T* to;
  std::int64_t to_stride;
  bool begins;
  const T* start;
};

// kFilters × kWide sums in registers, one tap at a time; of a part, those of n positions. (Where a loop over them is
// not unrolled, they are kept in memory.)
template <int kFilters, int kWide, bool kIsPart, class T>
HWY_INLINE void sums_block(const Sums<T>& s, std::int64_t q, std::int64_t n) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V sums[kFilters][kWide];
  HWY_UNROLL(8)
  for (int f = 0; f < kFilters; ++f) HWY_UNROLL(8)
  for (int v = 0; v < kWide; ++v) sums[f][v] = s.begins && s.start ? hn::Set(d, s.start[f]) : hn::Zero(d);
  hn::Mask<decltype(d)> parts[kWide];
  HWY_UNROLL(8)
  for (int v = 0; v < kWide; ++v) parts[v] = part_of(d, n - v * lanes);
  const auto load = [&](const T* from, int v) {
    if constexpr (kIsPart)
      return load_part(d, parts[v], from);
    else
      return hn::LoadU(d, from);
  };
  const T* const source = s.source + q;
  for (const Tap *tap = s.taps, *end = tap + s.count; tap != end; ++tap) {
    const T *row = source + tap->source, *weight = s.weights + tap->weight;
    V values[kWide];
    HWY_UNROLL(8)
    for (int v = 0; v < kWide; ++v) values[v] = load(row + v * lanes, v);
    HWY_UNROLL(8)
    for (int f = 0; f < kFilters; ++f) {
      const V factor = hn::Set(d, weight[f * s.weight_stride]);
      HWY_UNROLL(8)
      for (int v = 0; v < kWide; ++v) sums[f][v] = hn::MulAdd(factor, values[v], sums[f][v]);
    }
  }
  HWY_UNROLL(8)
  for (int f = 0; f < kFilters; ++f) HWY_UNROLL(8)
  for (int v = 0; v < kWide; ++v) {
    T* const to = s.to + f * s.to_stride + q + v * lanes;
    if (!s.begins) sums[f][v] = hn::Add(load(to, v), sums[f][v]);
    if constexpr (kIsPart)
      store_part(sums[f][v], d, parts[v], to);
    else
      hn::StoreU(sums[f][v], d, to);
  }
}

template <int kFilters, class T>
void sums_of(const Sums<T>& s, std::int64_t begin, std::int64_t end) {
  constexpr int kWide = wide_for(kFilters);
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  std::int64_t q = begin;
  for (; q + kWide * lanes <= end; q += kWide * lanes) sums_block<kFilters, kWide, false>(s, q, 0);
  if (q == end) return;
  const std::int64_t left = end - q;
  const auto rest = [&]<int kVectors>() {
    if (left > (kVectors - 1) * lanes && left <= kVectors * lanes) sums_block<kFilters, kVectors, true>(s, q, left);
  };
  [&]<int... kLess>(std::integer_sequence<int, kLess...>) { (rest.template operator()<kLess + 1>(), ...); }
  (std::make_integer_sequence<int, kWide>());
}

template <class T>
void sums(const void* source, const void* weights, std::int64_t weight_stride, const Tap* taps, std::int64_t count,
          std::int64_t filters, void* to, std::int64_t to_stride, std::int64_t n, bool begins, const void* start) {
  // What the taps of a stretch of positions meet stays in the first-level cache for all filters.
  constexpr std::int64_t kCached = 24 * 1024 / sizeof(T), kBlock = 3 * hn::MaxLanes(hn::ScalableTag<T>());
  const std::int64_t stretch = std::max<std::int64_t>(kCached / (count * kBlock), 1) * kBlock;
  for (std::int64_t begin = 0; begin < n; begin += stretch) {
    const std::int64_t end = n - begin < stretch + kBlock ? n : begin + stretch;
    Sums<T> s{static_cast<const T*>(source),
              static_cast<const T*>(weights),
              weight_stride,
              taps,
              count,
              static_cast<T*>(to),
              to_stride,
              begins,
              static_cast<const T*>(start)};
    std::int64_t left = filters;
    const auto block = [&]<int kFilters>() {
      for (; left >= kFilters; left -= kFilters) {
        sums_of<kFilters>(s, begin, end);
        s.weights += kFilters * weight_stride;
        s.to += kFilters * to_stride;
        if (s.start) s.start += kFilters;
      }
    };
    block.template operator()<kMostFilters>();
    if constexpr (kMostFilters > 4) block.template operator()<4>();
    block.template operator()<2>();
    block.template operator()<1>();
    if (end == n) break;
  }
}

// The sum of the lanes of each of four vectors.
#if HWY_TARGET == HWY_SCALAR
template <class D, class V, class T>
HWY_INLINE void four_sums(D, V a, V b, V c, V e, T* to) {
  to[0] = hn::GetLane(a), to[1] = hn::GetLane(b), to[2] = hn::GetLane(c), to[3] = hn::GetLane(e);
}
#else
// The sum of a vector's blocks of 128 bits.
template <class D, class V>
HWY_INLINE auto sum_of_blocks(D d, V v) {
  if constexpr (hn::MaxLanes(D()) * sizeof(hn::TFromD<D>) <= 16) {
    return v;
  } else {
    const hn::Half<D> half;
    return sum_of_blocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
}
template <class D, class V, class T>
HWY_INLINE void four_sums(D d, V a, V b, V c, V e, T* to) {
  const V ab = hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b)),
          ce = hn::Add(hn::InterleaveLower(d, c, e), hn::InterleaveUpper(d, c, e));
  const hn::CappedTag<T, 16 / sizeof(T)> block;
  if constexpr (sizeof(T) == 8) {
    hn::StoreU(sum_of_blocks(d, ab), block, to);
    hn::StoreU(sum_of_blocks(d, ce), block, to + 2);
  } else {
    const hn::RepartitionToWide<D> pairs;
    const auto low = hn::InterleaveLower(pairs, hn::BitCast(pairs, ab), hn::BitCast(pairs, ce)),
               high = hn::InterleaveUpper(pairs, hn::BitCast(pairs, ab), hn::BitCast(pairs, ce));
    hn::StoreU(sum_of_blocks(d, hn::Add(hn::BitCast(d, low), hn::BitCast(d, high))), block, to);
  }
}
#endif

// Positions in a block: few enough to stay in the first-level cache, and for a lane to add one by one.
constexpr std::int64_t kMostPositions = 1024, kMostTerms = 128;

// kFilters × kTaps sums in registers, a vector of positions at a time.
template <int kFilters, int kTaps, class T>
HWY_INLINE void dots_block(const T* rows, std::int64_t row_stride, const T* source, const Tap* taps, std::int64_t n,
                           double* to, std::int64_t to_stride) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V sums[kFilters][kTaps];
  for (auto& row : sums)
    for (V& sum : row) sum = hn::Zero(d);
  const T* from[kTaps];
  for (int t = 0; t < kTaps; ++t) from[t] = source + taps[t].source;
  std::int64_t q = 0;
  for (; q + lanes <= n; q += lanes) {
    V row[kFilters];
    for (int f = 0; f < kFilters; ++f) row[f] = hn::LoadU(d, rows + f * row_stride + q);
    for (int t = 0; t < kTaps; ++t) {
      const V values = hn::LoadU(d, from[t] + q);
      for (int f = 0; f < kFilters; ++f) sums[f][t] = hn::MulAdd(row[f], values, sums[f][t]);
    }
  }
  if (q < n) {
    const auto part = part_of(d, n - q);
    V row[kFilters];
    for (int f = 0; f < kFilters; ++f) row[f] = load_part(d, part, rows + f * row_stride + q);
    for (int t = 0; t < kTaps; ++t) {
      const V values = load_part(d, part, from[t] + q);
      for (int f = 0; f < kFilters; ++f) sums[f][t] = hn::MulAdd(row[f], values, sums[f][t]);
    }
  }
  // Four filters of a tap lie side by side; else four sums are any.
  constexpr int kAll = kFilters * kTaps;
  const auto at = [&](int i) { return to + taps[i / kFilters].weight * to_stride + i % kFilters; };
  for (int i = 0; i < kAll; i += 4) {
    const auto sum = [&](int k) { return k < kAll ? sums[k % kFilters][k / kFilters] : hn::Zero(d); };
    T four[4];
    four_sums(d, sum(i), sum(i + 1), sum(i + 2), sum(i + 3), four);
    if constexpr (kFilters == 4) {
      double* const four_at = at(i);
      for (int k = 0; k < 4; ++k) four_at[k] += static_cast<double>(four[k]);
    } else {
      for (int k = i; k < std::min(i + 4, kAll); ++k) *at(k) += static_cast<double>(four[k - i]);
    }
  }
}

template <int kFilters, class T>
void dots_of(const T* rows, std::int64_t row_stride, const T* source, const Tap* taps, std::int64_t count,
             std::int64_t n, double* to, std::int64_t to_stride) {
  constexpr int kTaps = kHas32 ? (kFilters == 1 ? 9 : 6) : (kFilters == 1 ? 9 : 3);
  std::int64_t t = 0;
  for (; t + kTaps <= count; t += kTaps)
    dots_block<kFilters, kTaps>(rows, row_stride, source, taps + t, n, to, to_stride);
  if constexpr (kTaps > 3)
    for (; t + 3 <= count; t += 3) dots_block<kFilters, 3>(rows, row_stride, source, taps + t, n, to, to_stride);
  for (; t < count; ++t) dots_block<kFilters, 1>(rows, row_stride, source, taps + t, n, to, to_stride);
}

template <class T>
void dots(const void* rows_at, std::int64_t row_stride, std::int64_t filters, const void* source_at, const Tap* taps,
          std::int64_t count, std::int64_t n, double* to, std::int64_t to_stride) {
  const T *rows = static_cast<const T*>(rows_at), *source = static_cast<const T*>(source_at);
  const std::int64_t block_length =
      std::min<std::int64_t>(kMostPositions, kMostTerms * hn::MaxLanes(hn::ScalableTag<T>()));
  const std::int64_t blocks = (n + block_length - 1) / block_length;
  for (std::int64_t i = 0; i < blocks; ++i) {
    const std::int64_t begin = n * i / blocks, length = n * (i + 1) / blocks - begin;
    std::int64_t f = 0;
    const auto block = [&]<int kFilters>() {
      for (; f + kFilters <= filters; f += kFilters)
        dots_of<kFilters>(rows + f * row_stride + begin, row_stride, source + begin, taps, count, length, to + f,
                          to_stride);
    };
    block.template operator()<4>();
    block.template operator()<2>();
    block.template operator()<1>();
  }
}

// Runs of n elements that lie side by side.
template <class T>
HWY_INLINE void copy_runs(const T* HWY_RESTRICT from, std::int64_t from_run, T* HWY_RESTRICT to, std::int64_t to_run,
                          std::int64_t count, std::int64_t n) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if (from_run == n && to_run == n) n = std::exchange(count, std::min<std::int64_t>(count, 1)) * n;
  if (n >= lanes)
    for (; count > 0; --count, from += from_run, to += to_run) {
      for (std::int64_t k = 0; k + lanes < n; k += lanes) hn::StoreU(hn::LoadU(d, from + k), d, to + k);
      hn::StoreU(hn::LoadU(d, from + n - lanes), d, to + n - lanes);  // may overlap
    }
  else {
    // What a whole vector writes too much is written again by the runs behind it, where these follow.
    if (to_run == n && from_run >= n)
      for (; (count - 1) * n >= lanes; --count, from += from_run, to += to_run) hn::StoreU(hn::LoadU(d, from), d, to);
    for (const auto part = part_of(d, n); count > 0; --count, from += from_run, to += to_run)
      store_part(load_part(d, part, from), d, part, to);
  }
}

// From every other element, and to every other one.
template <class T>
HWY_INLINE void gather_run(const T* HWY_RESTRICT from, T* HWY_RESTRICT to, std::int64_t n) {
#if HWY_TARGET == HWY_SCALAR
  for (std::int64_t k = 0; k < n; ++k) to[k] = from[2 * k];
#else
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t k = 0; k < n; k += lanes) {
    const T* const at = from + 2 * k;
    const std::int64_t left = 2 * (n - k) - 1;
    const auto low = load_part(d, part_of(d, left), at), high = load_part(d, part_of(d, left - lanes), at + lanes);
    store_part(hn::ConcatEven(d, high, low), d, part_of(d, n - k), to + k);
  }
#endif
}
template <class T>
HWY_INLINE void scatter_run(const T* HWY_RESTRICT from, T* HWY_RESTRICT to, std::int64_t n) {
#if HWY_TARGET != HWY_SCALAR
  if constexpr (sizeof(T) == 4) {
    const hn::ScalableTag<T> d;
    const hn::Half<decltype(d)> half;
    const hn::RebindToUnsigned<decltype(half)> bits;
    const hn::Repartition<std::uint64_t, decltype(d)> pairs;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(half));
    const auto even = hn::MaskFromVec(hn::BitCast(d, hn::Set(pairs, 0xffffffffu)));
    for (std::int64_t k = 0; k < n; k += lanes) {
      const auto some = hn::BitCast(bits, load_part(half, part_of(half, n - k), from + k));
      const auto apart = hn::BitCast(d, hn::PromoteTo(pairs, some));
      store_part(apart, d, hn::And(even, part_of(d, 2 * (n - k))), to + 2 * k);
    }
    return;
  }
#endif
  for (std::int64_t k = 0; k < n; ++k) to[2 * k] = from[k];
}

// Runs of `length` elements of which those in [left, right) come from `from`, one or two apart; whole vectors are
// stored.
template <class T>
struct Laying {
  std::int64_t length, left, right, step;
  hn::Mask<hn::ScalableTag<T>> low, high;  // of the first vector, or of the first two

  Laying(std::int64_t run, std::int64_t begin, std::int64_t end, std::int64_t element)
      : length(run), left(begin), right(end), step(element), low(part(0)), high(part(lanes())) {}
  static std::int64_t lanes() { return static_cast<std::int64_t>(hn::Lanes(hn::ScalableTag<T>())); }
  // Those lanes of elements from the k-th on, in steps of one, that are needed.
  auto part(std::int64_t k) const {
    const hn::ScalableTag<T> d;
    const std::int64_t first = left * step, last = right > left ? (right - 1) * step + 1 : first;
    return hn::AndNot(part_of(d, first - k), part_of(d, last - k));
  }
  HWY_INLINE void operator()(const T* from, T* to) const {
    const hn::ScalableTag<T> d;
    if (step == 1) {
      hn::StoreU(load_part(d, low, from), d, to);
      for (std::int64_t k = lanes(); k < length; k += lanes())
        hn::StoreU(k >= left && k + lanes() <= right ? hn::LoadU(d, from + k) : load_part(d, part(k), from + k), d,
                   to + k);
      return;
    }
#if HWY_TARGET != HWY_SCALAR
    if (step == 2) {
      hn::StoreU(hn::ConcatEven(d, load_part(d, high, from + lanes()), load_part(d, low, from)), d, to);
      for (std::int64_t k = lanes(); k < length; k += lanes()) {
        const T* const at = from + 2 * k;
        hn::StoreU(hn::ConcatEven(d, load_part(d, part(2 * k + lanes()), at + lanes()), load_part(d, part(2 * k), at)),
                   d, to + k);
      }
      return;
    }
#endif
    for (std::int64_t k = 0; k < length; ++k) to[k] = k >= left && k < right ? from[k * step] : T{0};
  }
};
template <class T>
void lay(const void* from_at, detail::LaySteps from_steps, void* to_at, detail::LaySteps to_steps,
         const detail::LaidOut& s) {
  const Laying<T> run(s.length, s.left, s.right, from_steps.element), nothing(s.length, 0, 0, 1);
  for (std::int64_t channel = 0; channel < s.channels; ++channel) {
    const T* from = static_cast<const T*>(from_at) + channel * from_steps.channel;
    T* to = static_cast<T*>(to_at) + channel * to_steps.channel;
    for (std::int64_t row = 0; row < s.rows; ++row, from += from_steps.row, to += to_steps.row) {
      const bool is_inside = row >= s.top && row < s.bottom;
      for (std::int64_t image = 0; image < s.images; ++image)
        is_inside ? run(from + image * from_steps.image, to + image * to_steps.image)
                  : nothing(from, to + image * to_steps.image);
    }
  }
}

template <class T>
void copy(const void* from_at, detail::CopySteps from_steps, void* to_at, detail::CopySteps to_steps,
          std::int64_t planes, std::int64_t count, std::int64_t n) {
  for (std::int64_t p = 0; p < planes; ++p) {
    const T* from = static_cast<const T*>(from_at) + p * from_steps.plane;
    T* to = static_cast<T*>(to_at) + p * to_steps.plane;
    const std::int64_t from_step = from_steps.element, to_step = to_steps.element;
    if (from_step == 1 && to_step == 1) {
      copy_runs(from, from_steps.run, to, to_steps.run, count, n);
      continue;
    }
    for (std::int64_t i = 0; i < count; ++i, from += from_steps.run, to += to_steps.run)
      if (from_step == 2 && to_step == 1)
        gather_run(from, to, n);
      else if (from_step == 1 && to_step == 2)
        scatter_run(from, to, n);
      else
        for (std::int64_t k = 0; k < n; ++k) to[k * to_step] = from[k * from_step];
  }
}

constexpr detail::ConvolutionKernels kTable = {
    .sums = detail::floats(sums<float>, sums<double>),
    .dots = detail::floats(dots<float>, dots<double>),
    .lay = detail::floats(lay<float>, lay<double>),
    .copy = detail::floats(copy<float>, copy<double>),
};

RETROGRAD_END_KERNELS(ConvolutionKernels, convolution_kernels);
