#define HWY_TARGET_INCLUDE "core/kernels/comparison.cpp"
#include "comparison.h"

#include "simd-inl.h"

RETROGRAD_BEGIN_KERNELS();

struct Equal {
  static bool plain(auto a, auto b) { return a == b; }
};
struct NotEqual {
  static bool plain(auto a, auto b) { return a != b; }
};
struct Less {
  static bool plain(auto a, auto b) { return a < b; }
};
struct LessEqual {
  static bool plain(auto a, auto b) { return a <= b; }
};
struct Greater {
  static bool plain(auto a, auto b) { return a > b; }
};
struct GreaterEqual {
  static bool plain(auto a, auto b) { return a >= b; }
};

template <class Op>
constexpr detail::ByDtype<detail::BinaryRun> comparison() {
  constexpr detail::BinaryRun bytes = plain_zip_run<Op, std::uint8_t, bool>;  // masks too: false is 0, true is 1
  return {plain_zip_run<Op, float, bool>, plain_zip_run<Op, double, bool>, plain_zip_run<Op, std::int64_t, bool>, bytes,
          bytes};
}

template <class T>
void choose_run(const void* mask_run, std::int64_t mask_step, const void* a_run, std::int64_t a_step, const void* b_run,
                std::int64_t b_step, void* y_run, std::int64_t n) {
  const bool* mask = static_cast<const bool*>(mask_run);
  const T *a = static_cast<const T*>(a_run), *b = static_cast<const T*>(b_run);
  T* y = static_cast<T*>(y_run);
  for (std::int64_t i = 0; i < n; ++i) y[i] = mask[i * mask_step] ? a[i * a_step] : b[i * b_step];
}

constexpr detail::ComparisonKernels kTable = {
    .equal = comparison<Equal>(),
    .not_equal = comparison<NotEqual>(),
    .less = comparison<Less>(),
    .less_equal = comparison<LessEqual>(),
    .greater = comparison<Greater>(),
    .greater_equal = comparison<GreaterEqual>(),
    .choose = {choose_run<float>, choose_run<double>, choose_run<std::int64_t>, choose_run<bool>,
               choose_run<std::uint8_t>},
};

RETROGRAD_END_KERNELS(ComparisonKernels, comparison_kernels);
