#define HWY_TARGET_INCLUDE "core/kernels/extremes.cpp"
#include "extremes.h"

#include "fold-inl.h"
#include "rows-inl.h"

RETROGRAD_BEGIN_KERNELS();

using detail::Lines;

// Calls visit(offset of the first element, number of lines abreast, index of the first line) for the blocks in
// [first, last).
template <class Visit>
HWY_INLINE void each_block(Lines lines, std::int64_t first, std::int64_t last, const Visit& visit) {
  for (std::int64_t block = first; block < last; ++block) {
    const std::int64_t o = block / lines.blocks_each(), begin = block % lines.blocks_each() * Lines::kAbreast;
    visit(o * lines.n * lines.inner + begin, std::min(Lines::kAbreast, lines.inner - begin), o * lines.inner + begin);
  }
}

// The position of the first element of a line that is its extreme
template <class T>
std::int64_t find_in_row(const T* x, std::int64_t n, T best) {
  const hn::ScalableTag<T> d;
  constexpr std::int64_t kLanes = hn::MaxLanes(d);
  const auto wanted = hn::Set(d, best);
  const auto is_it = [=](auto v) HWY_ATTR {
    if constexpr (std::is_floating_point_v<T>)
      return hn::Or(hn::Eq(v, wanted), hn::IsNaN(v));
    else
      return hn::Eq(v, wanted);
  };
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const auto found = is_it(hn::LoadU(d, x + i));
    if (!hn::AllFalse(d, found)) return i + hn::FindFirstTrue(d, found);
  }
  while (i < n - 1 && x[i] != best && x[i] == x[i]) ++i;
  return i;
}

// Positions down columns, as many columns at once as a vector holds; from the last row to the first, which stays.
template <class T>
void find_in_columns(const T* x, std::int64_t n, std::int64_t inner, std::int64_t width, const T* best,
                     std::int64_t* y) {
  using Index = std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>;
  constexpr std::int64_t kMostRows = 1 << 30;  // that an Index counts
  Index at[Lines::kAbreast];
  for (std::int64_t end = n; end > 0; end -= std::min(end, kMostRows)) {
    const std::int64_t begin = std::max(end - kMostRows, std::int64_t{0});
    for (std::int64_t i = 0; i < width; ++i) at[i] = -1;
    for (std::int64_t k = end - 1; k >= begin; --k) {
      const T* row = x + k * inner;
      const auto index = static_cast<Index>(k - begin);
      if constexpr (sizeof(T) >= 4) {
        each_vector<T>(0, width, [=, &at](auto d, std::int64_t i) HWY_ATTR {
          const hn::Rebind<Index, decltype(d)> di;
          const auto v = hn::LoadU(d, row + i);
          auto is_it = hn::Eq(v, hn::LoadU(d, best + i));
          if constexpr (std::is_floating_point_v<T>) is_it = hn::Or(is_it, hn::IsNaN(v));
          hn::StoreU(hn::IfThenElse(hn::RebindMask(di, is_it), hn::Set(di, index), hn::LoadU(di, at + i)), di, at + i);
        });
      } else {
        for (std::int64_t i = 0; i < width; ++i) at[i] = row[i] == best[i] ? index : at[i];
      }
    }
    for (std::int64_t i = 0; i < width; ++i)
      if (at[i] >= 0) y[i] = begin + at[i];
  }
}

template <bool largest, class T>
void position(const void* x_lines, std::int64_t* y, Lines lines, std::int64_t first, std::int64_t last) {
  using Op = Extreme<largest>;
  const T* x = static_cast<const T*>(x_lines);
  each_block(lines, first, last, [=](std::int64_t at, std::int64_t width, std::int64_t line) HWY_ATTR {
    if (lines.inner == 1) {
      y[line] = find_in_row(x + at, lines.n, fold_row<Op>(x + at, lines.n));
      return;
    }
    T best[Lines::kAbreast];
    fold_columns<Op>(x + at, lines.inner, lines.n, width, best);
    find_in_columns(x + at, lines.n, lines.inner, width, best, y + line);
  });
}
// Of truths as of bytes.
template <bool largest>
constexpr detail::ByDtype<detail::ExtremeKernels::Position> kPositions = {
    position<largest, float>, position<largest, double>, position<largest, std::int64_t>,
    position<largest, std::uint8_t>, position<largest, std::uint8_t>};

template <class T>
std::int64_t count_equal(const T* x, std::int64_t n, T best) {
  constexpr std::int64_t kBlock = 4096;
  std::int64_t count = 0;
  for (std::int64_t begin = 0; begin < n; begin += kBlock) {
    std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t> block = 0;
    for (std::int64_t i = begin; i < std::min(n, begin + kBlock); ++i)
      block += static_cast<decltype(block)>(x[i] == best);
    count += static_cast<std::int64_t>(block);
  }
  return count;
}

template <class T>
void gradient(const void* g_lines, const void* x_lines, const void* bests, void* r_lines, Lines lines,
              std::int64_t first, std::int64_t last) {
  const T *g = static_cast<const T*>(g_lines), *x = static_cast<const T*>(x_lines),
          *best = static_cast<const T*>(bests);
  T* r = static_cast<T*>(r_lines);
  each_block(lines, first, last, [=](std::int64_t at, std::int64_t width, std::int64_t line) HWY_ATTR {
    // What an element gets that is the extreme, and what all others of its line get.
    T share[Lines::kAbreast], others[Lines::kAbreast];
    const auto set = [&](std::int64_t i, std::int64_t count) {
      share[i] = g[line + i] / static_cast<T>(count);
      others[i] = best[line + i] == best[line + i] ? 0 : best[line + i];
    };
    if (lines.inner == 1) {
      const T top = best[line];
      set(0, count_equal(x + at, lines.n, top));
      const T wins = share[0], loses = others[0];
      each_vector<T>(at, at + lines.n, [=](auto d, std::int64_t i) HWY_ATTR {
        const auto is_it = hn::Eq(hn::LoadU(d, x + i), hn::Set(d, top));
        hn::StoreU(hn::IfThenElse(is_it, hn::Set(d, wins), hn::Set(d, loses)), d, r + i);
      });
      return;
    }
    std::int64_t count[Lines::kAbreast] = {};
    for (std::int64_t k = 0; k < lines.n; ++k)
      for (std::int64_t i = 0; i < width; ++i) count[i] += x[at + k * lines.inner + i] == best[line + i];
    for (std::int64_t i = 0; i < width; ++i) set(i, count[i]);
    for (std::int64_t k = 0; k < lines.n; ++k) {
      const std::int64_t row = at + k * lines.inner;
      each_vector<T>(0, width, [=, &share, &others](auto d, std::int64_t i) HWY_ATTR {
        const auto is_it = hn::Eq(hn::LoadU(d, x + row + i), hn::LoadU(d, best + line + i));
        hn::StoreU(hn::IfThenElse(is_it, hn::LoadU(d, share + i), hn::LoadU(d, others + i)), d, r + row + i);
      });
    }
  });
}

constexpr detail::ExtremeKernels kTable = {
    .argmax = kPositions<true>,
    .argmin = kPositions<false>,
    .gradient = detail::floats(gradient<float>, gradient<double>),
};

RETROGRAD_END_KERNELS(ExtremeKernels, extreme_kernels);
