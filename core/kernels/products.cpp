#define HWY_TARGET_INCLUDE "core/kernels/products.cpp"
#include "products.h"

#include <cmath>

#include "fold-inl.h"

RETROGRAD_BEGIN_KERNELS();

// (product + rest)·2^exponent. |product| lies between 2^−300 and 2^300, unless it is 0, infinite or NaN. It is rescaled
// by powers of two, which is exact.
struct Running {
  double product = 1, rest = 0, exponent = 0;
};
constexpr double kMost = 0x1p300, kLeast = 0x1p-300, kStep = 600, kUp = 0x1p600, kDown = 0x1p-600;

// a·b − product, exactly
template <class D, class V>
HWY_INLINE V lost_of(D d, V a, V b, V product) {
#if HWY_TARGET == HWY_SCALAR
  return hn::Set(d, std::fma(hn::GetLane(a), hn::GetLane(b), -hn::GetLane(product)));
#else
  (void)d;
  return hn::MulSub(a, b, product);
#endif
}

// Vectors of running products; float32 needs no compensation in double
template <class D, class V, bool keeps_rest>
struct Lanes {
  V product, rest, exponent;

  static HWY_INLINE Lanes ones(D d) { return {hn::Set(d, 1.0), hn::Zero(d), hn::Zero(d)}; }
  HWY_INLINE auto is_immoderate(D d, V v) const {
    const V size = hn::Abs(v);
    return hn::Or(hn::Gt(size, hn::Set(d, kMost)), hn::Lt(size, hn::Set(d, kLeast)));
  }
  // The factor that brings v, between 2^−900 and 2^900, back into bounds; adjusts the exponent
  HWY_INLINE V scale_of(D d, V v) {
    const V size = hn::Abs(v);
    const auto large = hn::Gt(size, hn::Set(d, kMost)), small = hn::Lt(size, hn::Set(d, kLeast));
    exponent =
        hn::Add(exponent, hn::IfThenElse(large, hn::Set(d, kStep), hn::IfThenElseZero(small, hn::Set(d, -kStep))));
    return hn::IfThenElse(large, hn::Set(d, kDown), hn::IfThenElse(small, hn::Set(d, kUp), hn::Set(d, 1.0)));
  }
  HWY_INLINE void moderate(D d) {
    const V scale = scale_of(d, product);
    product = hn::Mul(product, scale);
    if constexpr (keeps_rest) rest = hn::Mul(rest, scale);
  }
  HWY_INLINE void times(D d, V x) {
    if constexpr (keeps_rest) {
      if (!hn::AllFalse(d, is_immoderate(d, x))) x = hn::Mul(x, scale_of(d, x));
      multiply(d, x, hn::Zero(d));
      if (!hn::AllFalse(d, is_immoderate(d, product))) moderate(d);
    } else {
      product = hn::Mul(product, x);
    }
  }
  HWY_INLINE void multiply(D d, V x, V x_rest) {
    const V whole = hn::Mul(product, x);
    if constexpr (keeps_rest) {
      const V lost = hn::Add(lost_of(d, product, x, whole), hn::Add(hn::Mul(rest, x), hn::Mul(product, x_rest)));
      rest = hn::IfThenElseZero(hn::IsFinite(whole), lost);
    }
    product = whole;
  }
  HWY_INLINE void join(D d, const Lanes& other) {
    multiply(d, other.product, other.rest);
    exponent = hn::Add(exponent, other.exponent);
    if (!hn::AllFalse(d, is_immoderate(d, product))) moderate(d);
  }
};

// The same for one running product
struct Plain {
  static HWY_INLINE Running moderate(Running one) {
    const double size = std::abs(one.product);
    if (size > kMost) return {one.product * kDown, one.rest * kDown, one.exponent + kStep};
    if (size < kLeast) return {one.product * kUp, one.rest * kUp, one.exponent - kStep};
    return one;
  }
  template <bool keeps_rest>
  static HWY_INLINE Running join(const Running& a, const Running& b) {
    Running y = {a.product * b.product, 0, a.exponent + b.exponent};
    if (keeps_rest && std::isfinite(y.product))
      y.rest = std::fma(a.product, b.product, -y.product) + (a.rest * b.product + a.product * b.rest);
    return moderate(y);
  }
};

struct Times {
  template <class D, class V>
  V operator()(D, V so_far, V x) const {
    return hn::Mul(so_far, x);
  }
  template <class T>
  static constexpr T start() {
    return 1;
  }
};

template <class D>
HWY_INLINE auto factors(D d, const float* x) {
  return hn::PromoteTo(d, hn::LoadU(hn::Rebind<float, D>(), x));
}
template <class D>
HWY_INLINE auto factors(D d, const double* x) {
  return hn::LoadU(d, x);
}
template <class D>
HWY_INLINE auto some_factors(D d, const float* x, std::int64_t n) {
  return hn::PromoteTo(d, part_of_vector<Times>(hn::Rebind<float, D>(), x, n));
}
template <class D>
HWY_INLINE auto some_factors(D d, const double* x, std::int64_t n) {
  return part_of_vector<Times>(d, x, n);
}

template <class D, class L>
HWY_INLINE Running joined_lanes(D d, const L& lanes, bool keeps_rest) {
  constexpr std::size_t kLanes = hn::MaxLanes(d);
  if (!keeps_rest) {
    // Eight factors of this size cannot overflow or underflow
    const auto size = hn::Abs(lanes.product);
    const auto is_small = hn::And(hn::Lt(size, hn::Set(d, 0x1p100)), hn::Gt(size, hn::Set(d, 0x1p-100)));
    if (hn::AllTrue(d, is_small))
      return Plain::moderate({fold_lanes<Times>(d, lanes.product), 0, fold_lanes<Add>(d, lanes.exponent)});
  }
  HWY_ALIGN double product[kLanes], rest[kLanes], exponent[kLanes];
  hn::Store(lanes.product, d, product);
  hn::Store(lanes.rest, d, rest);
  hn::Store(lanes.exponent, d, exponent);
  Running each[kLanes];
  for (std::size_t k = 0; k < kLanes; ++k) each[k] = {product[k], rest[k], exponent[k]};
  for (std::size_t width = kLanes / 2; width > 0; width /= 2)
    for (std::size_t k = 0; k < width; ++k)
      each[k] = keeps_rest ? Plain::join<true>(each[k], each[k + width]) : Plain::join<false>(each[k], each[k + width]);
  return each[0];
}

template <class T>
Running product_of_row(const T* x, std::int64_t n) {
  constexpr bool kKeepsRest = sizeof(T) == sizeof(double);
  const hn::ScalableTag<double> d;
  using D = decltype(d);
  using L = Lanes<std::remove_const_t<D>, hn::Vec<D>, kKeepsRest>;
  // Four float32 factors cannot leave the range of double, so the bounds are checked after every four
  constexpr std::int64_t kLanes = hn::MaxLanes(d), kWidth = kRowLanes<double>, kVectors = kWidth / kLanes, kUnseen = 4;
  const auto look = [&](auto& lanes) HWY_ATTR {
    if constexpr (kKeepsRest) return;
    auto immoderate = lanes[0].is_immoderate(d, lanes[0].product);
    for (std::int64_t k = 1; k < kVectors; ++k)
      immoderate = hn::Or(immoderate, lanes[k].is_immoderate(d, lanes[k].product));
    if (hn::AllFalse(d, immoderate)) return;
    for (std::int64_t k = 0; k < kVectors; ++k) lanes[k].moderate(d);
  };
  if (n <= kLanes) {
    L lanes = L::ones(d);
    lanes.times(d, n == kLanes ? factors(d, x) : some_factors(d, x, n));
    return joined_lanes(d, lanes, kKeepsRest);
  }
  if (n <= 2 * kLanes) {
    L lanes = L::ones(d);
    lanes.times(d, factors(d, x));
    lanes.times(d, n == 2 * kLanes ? factors(d, x + kLanes) : some_factors(d, x + kLanes, n - kLanes));
    return joined_lanes(d, lanes, kKeepsRest);
  }
  L lanes[kVectors];
  for (L& one : lanes) one = L::ones(d);
  std::int64_t i = 0;
  for (; i + kUnseen * kWidth <= n; i += kUnseen * kWidth) {
    for (std::int64_t r = 0; r < kUnseen; ++r)
      for (std::int64_t k = 0; k < kVectors; ++k) lanes[k].times(d, factors(d, x + i + r * kWidth + k * kLanes));
    look(lanes);
  }
  for (; i + kWidth <= n; i += kWidth)
    for (std::int64_t k = 0; k < kVectors; ++k) lanes[k].times(d, factors(d, x + i + k * kLanes));
  for (std::int64_t k = 0; k < kVectors && i < n; ++k, i += kLanes)
    lanes[k].times(d, i + kLanes <= n ? factors(d, x + i) : some_factors(d, x + i, n - i));
  look(lanes);
  for (std::int64_t width = kVectors / 2; width > 0; width /= 2)
    for (std::int64_t k = 0; k < width; ++k) lanes[k].join(d, lanes[k + width]);
  return joined_lanes(d, lanes[0], kKeepsRest);
}
template <class T>
void rows_of_products(const void* x, std::int64_t stride, std::int64_t rows, std::int64_t n, void* into) {
  for (std::int64_t r = 0; r < rows; ++r)
    static_cast<Running*>(into)[r] = product_of_row(static_cast<const T*>(x) + r * stride, n);
}

// A few vectors of columns at a time, over all rows
template <class T>
void columns_of_products(const void* x_rows, std::int64_t stride, std::int64_t n, std::int64_t width, void* into) {
  constexpr bool kKeepsRest = sizeof(T) == sizeof(double);
  constexpr std::int64_t kUnseen = kKeepsRest ? 1 : 4;
  const hn::ScalableTag<double> d;
  using D = decltype(d);
  using L = Lanes<std::remove_const_t<D>, hn::Vec<D>, kKeepsRest>;
  constexpr std::int64_t kLanes = hn::MaxLanes(d), kVectors = 4;
  Running* to = static_cast<Running*>(into);
  const T* x = static_cast<const T*>(x_rows);
  const auto store = [&](const L& lanes, std::int64_t i, std::int64_t count) HWY_ATTR {
    HWY_ALIGN double product[kLanes], rest[kLanes], exponent[kLanes];
    hn::Store(lanes.product, d, product);
    hn::Store(lanes.rest, d, rest);
    hn::Store(lanes.exponent, d, exponent);
    for (std::int64_t k = 0; k < count; ++k) to[i + k] = {product[k], rest[k], exponent[k]};
  };
  const auto times = [&](L& lanes, std::int64_t row, std::int64_t count, const auto& load) HWY_ATTR {
    if (count == 1)
      lanes.times(d, load(row));
    else
      lanes.times(d, hn::Mul(hn::Mul(load(row), load(row + 1)), hn::Mul(load(row + 2), load(row + 3))));
    if (!kKeepsRest && !hn::AllFalse(d, lanes.is_immoderate(d, lanes.product))) lanes.moderate(d);
  };
  std::int64_t i = 0;
  for (; i + kVectors * kLanes <= width; i += kVectors * kLanes) {
    L lanes[kVectors];
    for (L& one : lanes) one = L::ones(d);
    for (std::int64_t row = 0, count = 0; row < n; row += count) {
      count = row + kUnseen <= n ? kUnseen : 1;
      for (std::int64_t k = 0; k < kVectors; ++k)
        times(lanes[k], row, count,
              [=](std::int64_t r) HWY_ATTR { return factors(d, x + r * stride + i + k * kLanes); });
    }
    for (std::int64_t k = 0; k < kVectors; ++k) store(lanes[k], i + k * kLanes, kLanes);
  }
  for (; i < width; i += kLanes) {
    const std::int64_t left = std::min(kLanes, width - i);
    L lanes = L::ones(d);
    for (std::int64_t row = 0, count = 0; row < n; row += count) {
      count = row + kUnseen <= n ? kUnseen : 1;
      times(lanes, row, count, [=](std::int64_t r) HWY_ATTR {
        return left == kLanes ? factors(d, x + r * stride + i) : some_factors(d, x + r * stride + i, left);
      });
    }
    store(lanes, i, left);
  }
}

void rows_of_parts(const void* x_rows, std::int64_t stride, std::int64_t rows, std::int64_t n, void* into) {
  for (std::int64_t r = 0; r < rows; ++r) {
    Running all;
    for (std::int64_t i = 0; i < n; ++i)
      all = Plain::join<true>(all, static_cast<const Running*>(x_rows)[r * stride + i]);
    static_cast<Running*>(into)[r] = all;
  }
}
void columns_of_parts(const void* x_rows, std::int64_t stride, std::int64_t n, std::int64_t width, void* into) {
  for (std::int64_t i = 0; i < width; ++i) {
    Running all;
    for (std::int64_t k = 0; k < n; ++k)
      all = Plain::join<true>(all, static_cast<const Running*>(x_rows)[k * stride + i]);
    static_cast<Running*>(into)[i] = all;
  }
}
constexpr detail::Fold kProductOfParts = {sizeof(Running),  rows_of_parts, columns_of_parts,
                                          &kProductOfParts, nullptr,       false};

template <class T>
void values(const void* products, std::int64_t count, double, double, void* y) {
  constexpr double kBeyond = 5000;
  for (std::int64_t i = 0; i < count; ++i) {
    const Running& one = static_cast<const Running*>(products)[i];
    double value = one.product + one.rest;
    if (one.exponent != 0)
      value = std::ldexp(value, static_cast<int>(std::min(std::max(one.exponent, -kBeyond), kBeyond)));
    static_cast<T*>(y)[i] = static_cast<T>(value);
  }
}
template <class T>
constexpr detail::Fold kProduct = {sizeof(Running),  rows_of_products<T>, columns_of_products<T>,
                                   &kProductOfParts, values<T>,           false};

// Unsigned, so that integers may wrap around
template <class T>
void rows_of_integers(const void* x_rows, std::int64_t stride, std::int64_t rows, std::int64_t n, void* into) {
  for (std::int64_t r = 0; r < rows; ++r) {
    std::uint64_t product = 1;
    for (std::int64_t i = 0; i < n; ++i)
      product *= static_cast<std::uint64_t>(static_cast<const T*>(x_rows)[r * stride + i]);
    static_cast<std::uint64_t*>(into)[r] = product;
  }
}
template <class T>
void columns_of_integers(const void* x_rows, std::int64_t stride, std::int64_t n, std::int64_t width, void* into) {
  std::uint64_t* to = static_cast<std::uint64_t*>(into);
  for (std::int64_t i = 0; i < width; ++i) to[i] = 1;
  for (std::int64_t k = 0; k < n; ++k)
    for (std::int64_t i = 0; i < width; ++i)
      to[i] *= static_cast<std::uint64_t>(static_cast<const T*>(x_rows)[k * stride + i]);
}
template <class T>
constexpr detail::Fold kIntegers = {
    sizeof(std::int64_t), rows_of_integers<T>, columns_of_integers<T>, &kIntegers<std::int64_t>, nullptr, true};

// Of float32, in double: the product of all divided by each, if none is 0, infinite or NaN; else the slow way.
void others(const void* x_lines, void* y_lines, void* room, detail::Lines lines, std::int64_t first,
            std::int64_t last) {
  using detail::Lines;
  const std::int64_t n = lines.n, inner = lines.inner;
  for (std::int64_t block = first; block < last; ++block) {
    const std::int64_t o = block / lines.blocks_each(), begin = block % lines.blocks_each() * Lines::kAbreast,
                       at = o * n * inner + begin, width = std::min(Lines::kAbreast, inner - begin);
    const float* x = static_cast<const float*>(x_lines) + at;
    float* y = static_cast<float*>(y_lines) + at;
    Running all[Lines::kAbreast];
    double product[Lines::kAbreast], scale[Lines::kAbreast];
    if (inner == 1)
      all[0] = product_of_row(x, n);
    else
      columns_of_products<float>(x, inner, n, width, all);
    bool is_plain = true;
    for (std::int64_t i = 0; i < width; ++i) {
      product[i] = all[i].product;
      scale[i] = std::ldexp(1.0, static_cast<int>(std::min(std::max(all[i].exponent, -1000.0), 1000.0)));
      is_plain = is_plain && std::isfinite(product[i]) && product[i] != 0;
    }
    if (!is_plain) {
      detail::scan_kernels().product_of_others[0](x_lines, y_lines, room, lines, block, block + 1);
    } else if (inner == 1) {
      const double whole = product[0], unit = scale[0];
      for (std::int64_t k = 0; k < n; ++k) y[k] = static_cast<float>(whole / static_cast<double>(x[k]) * unit);
    } else {
      for (std::int64_t k = 0; k < n; ++k)
        for (std::int64_t i = 0; i < width; ++i)
          y[k * inner + i] = static_cast<float>(product[i] / static_cast<double>(x[k * inner + i]) * scale[i]);
    }
  }
}
// Of float64 one by one, with what each multiplication rounds away.
void others_of_doubles(const void* x, void* y, void* room, detail::Lines lines, std::int64_t first, std::int64_t last) {
  detail::scan_kernels().product_of_others[1](x, y, room, lines, first, last);
}

constexpr detail::ProductKernels kTable = {
    .product = {kProduct<float>, kProduct<double>, kIntegers<std::int64_t>, kIntegers<bool>, kIntegers<std::uint8_t>},
    .others = {others, others_of_doubles},
};

RETROGRAD_END_KERNELS(ProductKernels, product_kernels);
