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

// Selects by bits, without a branch: the compiler vectorizes the loops whose steps it knows. The mask is read as bytes,
// each 0 or 1, and elements of one width are of one word type.
template <class Word, int a_step, int b_step>
void choose_words(const std::uint8_t* mask, const Word* a, const Word* b, Word* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const Word chosen = static_cast<Word>(-static_cast<Word>(mask[i])), left = a[i * a_step], right = b[i * b_step];
    y[i] = static_cast<Word>(right ^ ((left ^ right) & chosen));
  }
}
template <class Word>
void choose_run(const void* mask_run, std::int64_t mask_step, const void* a_run, std::int64_t a_step, const void* b_run,
                std::int64_t b_step, void* y_run, std::int64_t n) {
  typedef Word AnyWord [[gnu::may_alias]];
  const auto* mask = static_cast<const std::uint8_t*>(mask_run);
  const auto *a = static_cast<const AnyWord*>(a_run), *b = static_cast<const AnyWord*>(b_run);
  auto* y = static_cast<AnyWord*>(y_run);
  const bool are_steps_short = (a_step == 0 || a_step == 1) && (b_step == 0 || b_step == 1);
  if (mask_step == 1 && are_steps_short) {
    if (a_step && b_step) return choose_words<AnyWord, 1, 1>(mask, a, b, y, n);
    if (a_step) return choose_words<AnyWord, 1, 0>(mask, a, b, y, n);
    if (b_step) return choose_words<AnyWord, 0, 1>(mask, a, b, y, n);
    return choose_words<AnyWord, 0, 0>(mask, a, b, y, n);
  }
  for (std::int64_t i = 0; i < n; ++i) y[i] = mask[i * mask_step] ? a[i * a_step] : b[i * b_step];
}

constexpr detail::ComparisonKernels kTable = {
    .equal = comparison<Equal>(),
    .not_equal = comparison<NotEqual>(),
    .less = comparison<Less>(),
    .less_equal = comparison<LessEqual>(),
    .greater = comparison<Greater>(),
    .greater_equal = comparison<GreaterEqual>(),
    .choose = {choose_run<std::uint32_t>, choose_run<std::uint64_t>, choose_run<std::uint64_t>,
               choose_run<std::uint8_t>, choose_run<std::uint8_t>},
};

RETROGRAD_END_KERNELS(ComparisonKernels, comparison_kernels);
