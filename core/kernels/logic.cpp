#include "logic.h"

#include <cmath>

#include "scalar.h"

namespace retrograd::detail {

namespace {

template <class F>
constexpr ByDtype<BinaryRun> of_masks(F) {
  return {nullptr, nullptr, nullptr, scalar_zip_run<F, bool>, nullptr};
}
constexpr auto invert = [](std::uint8_t x) { return x == 0; };  // bytes become vectors, booleans do not

// A predicate of floating-point values, with a constant answer for all other dtypes.
template <bool kOtherwise, class F>
constexpr ByDtype<UnaryRun> question(F) {
  constexpr auto answer = [](auto) { return kOtherwise; };
  using Answer = decltype(answer);
  return {scalar_map_run<F, float, bool>, scalar_map_run<F, double, bool>, scalar_map_run<Answer, std::int64_t, bool>,
          scalar_map_run<Answer, bool>, scalar_map_run<Answer, std::uint8_t, bool>};
}

template <class T>
std::int64_t find_not_finite(const void* x_run, std::int64_t n) {
  const T* x = static_cast<const T*>(x_run);
  std::int64_t i = 0;
  while (i < n && std::isfinite(x[i])) ++i;
  return i;
}

struct Close {
  bool operator()(auto a, auto b, const Tolerance& tolerance) const {
    if (a == b) return true;  // infinities too
    const auto x = static_cast<double>(a), y = static_cast<double>(b);
    if (std::isnan(x) && std::isnan(y)) return tolerance.equal_nan;
    return std::isfinite(x) && std::isfinite(y) &&
           std::abs(x - y) <= tolerance.absolute + tolerance.relative * std::abs(y);
  }
};
struct Equal {
  bool operator()(auto a, auto b, const Tolerance&) const { return a == b; }
};
template <class Test, class T>
bool all_pairs(const void* a_run, std::int64_t a_step, const void* b_run, std::int64_t b_step, std::int64_t n,
               const Tolerance& tolerance) {
  const T *a = static_cast<const T*>(a_run), *b = static_cast<const T*>(b_run);
  for (std::int64_t i = 0; i < n; ++i)
    if (!Test()(a[i * a_step], b[i * b_step], tolerance)) return false;
  return true;
}
template <class Test>
constexpr ByDtype<PairTest> pairs() {
  return {all_pairs<Test, float>, all_pairs<Test, double>, all_pairs<Test, std::int64_t>, all_pairs<Test, bool>,
          all_pairs<Test, std::uint8_t>};
}

constexpr LogicKernels kTable = {
    .logical_and = of_masks([](bool a, bool b) { return a && b; }),
    .logical_or = of_masks([](bool a, bool b) { return a || b; }),
    .logical_xor = of_masks([](bool a, bool b) { return a != b; }),
    .logical_not = {nullptr, nullptr, nullptr, scalar_map_run<decltype(invert), std::uint8_t, bool>, nullptr},
    .isnan = question<false>([](auto x) { return std::isnan(x); }),
    .isinf = question<false>([](auto x) { return std::isinf(x); }),
    .isfinite = question<true>([](auto x) { return std::isfinite(x); }),
    .find_not_finite = floats(find_not_finite<float>, find_not_finite<double>),
    .are_close = pairs<Close>(),
    .are_equal = pairs<Equal>(),
};

}  // namespace

const LogicKernels& logic_kernels() { return kTable; }

}  // namespace retrograd::detail
