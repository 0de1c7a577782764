#include "logic.h"

#include <cmath>

#include "../../core/base/error.h"
#include "../../core/tensor/format.h"
#include "../../core/tensor/walk.h"
#include "convert.h"
#include "scalar_kernels.h"

namespace retrograd {

namespace {

template <class F>
constexpr detail::ByDtype<detail::BinaryRun> of_masks(F) {
  return {nullptr, nullptr, nullptr, detail::scalar_zip_run<F, bool>, nullptr};
}
// A question about floating values, and the answer for all others.
template <bool kOtherwise, class F>
constexpr detail::ByDtype<detail::UnaryRun> question(F) {
  constexpr auto answer = [](auto) { return kOtherwise; };
  using Answer = decltype(answer);
  return {detail::scalar_map_run<F, float, bool>, detail::scalar_map_run<F, double, bool>,
          detail::scalar_map_run<Answer, std::int64_t, bool>, detail::scalar_map_run<Answer, bool>,
          detail::scalar_map_run<Answer, std::uint8_t, bool>};
}

constexpr auto kAnd = of_masks([](bool a, bool b) { return a && b; });
constexpr auto kOr = of_masks([](bool a, bool b) { return a || b; });
constexpr auto kXor = of_masks([](bool a, bool b) { return a != b; });
constexpr detail::ByDtype<detail::UnaryRun> kNot = [] {
  constexpr auto invert = [](bool x) { return !x; };
  return detail::ByDtype<detail::UnaryRun>{nullptr, nullptr, nullptr, detail::scalar_map_run<decltype(invert), bool>,
                                           nullptr};
}();
constexpr auto kIsNan = question<false>([](auto x) { return std::isnan(x); });
constexpr auto kIsInf = question<false>([](auto x) { return std::isinf(x); });
constexpr auto kIsFinite = question<true>([](auto x) { return std::isfinite(x); });

Tensor truth(const char* op, const Operand& operand) {
  const Tensor x = operand.as(op, float64);
  return x.dtype() == boolean ? x : astype(x, boolean);
}

Tensor combine(const char* op, const detail::ByDtype<detail::BinaryRun>& kernel, const Operand& a, const Operand& b) {
  return detail::zip(op, kernel, truth(op, a), truth(op, b));
}

const Tensor& mask(const char* op, const Tensor& x) {
  if (x.dtype() != boolean)
    fail<DtypeError>("{}: takes masks, got {}; logical_and and its kind take numbers", op, x.dtype());
  return x;
}

// True where test(a, b) is of every pair.
template <class Test>
bool all_pairs(const Shape& shape, const Tensor& a, const Tensor& b, Test test) {
  bool all = true;
  dispatch(a.dtype(), [&]<class T>() {
    detail::for_each_run<2>(shape, {&a, &b},
                            [&](std::array<const void*, 2> at, std::array<std::int64_t, 2> step, std::int64_t n) {
                              const T *p = static_cast<const T*>(at[0]), *q = static_cast<const T*>(at[1]);
                              for (std::int64_t i = 0; i < n && all; ++i) all = test(p[i * step[0]], q[i * step[1]]);
                            });
  });
  return all;
}

}  // namespace

Tensor logical_and(const Operand& a, const Operand& b) { return combine("logical_and", kAnd, a, b); }
Tensor logical_or(const Operand& a, const Operand& b) { return combine("logical_or", kOr, a, b); }
Tensor logical_xor(const Operand& a, const Operand& b) { return combine("logical_xor", kXor, a, b); }
Tensor logical_not(const Tensor& x) { return detail::map("logical_not", kNot, truth("logical_not", x)); }

Tensor operator&(const Tensor& a, const Tensor& b) { return detail::zip("&", kAnd, mask("&", a), mask("&", b)); }
Tensor operator|(const Tensor& a, const Tensor& b) { return detail::zip("|", kOr, mask("|", a), mask("|", b)); }
Tensor operator^(const Tensor& a, const Tensor& b) { return detail::zip("^", kXor, mask("^", a), mask("^", b)); }
Tensor operator~(const Tensor& x) { return detail::map("~", kNot, mask("~", x)); }

Tensor isnan(const Tensor& x) { return detail::map("isnan", kIsNan, x, boolean); }
Tensor isinf(const Tensor& x) { return detail::map("isinf", kIsInf, x, boolean); }
Tensor isfinite(const Tensor& x) { return detail::map("isfinite", kIsFinite, x, boolean); }

bool allclose(const Operand& left, const Operand& right, double rtol, double atol, bool equal_nan) {
  const detail::OperandPair in("allclose", left, right);
  const Shape shape = broadcast_shapes("allclose", in.a.shape(), in.b.shape());
  return all_pairs(shape, in.a, in.b, [&](auto a, auto b) {
    if (a == b) return true;  // infinities too
    const auto x = static_cast<double>(a), y = static_cast<double>(b);
    if (std::isnan(x) && std::isnan(y)) return equal_nan;
    return std::isfinite(x) && std::isfinite(y) && std::abs(x - y) <= atol + rtol * std::abs(y);
  });
}

bool array_equal(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype())
    fail<DtypeError>("array_equal: dtypes differ: {} and {}; astype converts", a.dtype(), b.dtype());
  return a.shape() == b.shape() && all_pairs(a.shape(), a, b, [](auto x, auto y) { return x == y; });
}

}  // namespace retrograd
