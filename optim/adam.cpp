#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adam.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../core/kernels/simd-inl.h"

#include <cmath>

#include "../core/kernels/update_run.h"

#ifndef RETROGRAD_OPTIM_ADAM_KERNELS
#define RETROGRAD_OPTIM_ADAM_KERNELS
namespace retrograd::optim {
struct AdamStep {
  double rate, beta1, beta2, epsilon, correction;  // rate/(1 − β₁ᵗ), and √(1 − β₂ᵗ)
  double decay, shrink;                            // decay·p is added to g, and p is multiplied by shrink
};
template <class T>
struct AdamKernels {
  void (*adam)(const RunOf<T>& run, const AdamStep& step);  // states: m, v, and the largest v or null without amsgrad
};
}  // namespace retrograd::optim
#endif

#include "square_roots.h"

HWY_BEFORE_NAMESPACE();
namespace retrograd::optim::HWY_NAMESPACE {
namespace {

// Plain loops: the compiler vectorizes them for each target, and a value never depends on where it stands. What stands
// in v is its root.
template <class T, bool kAmsgrad>
void adam_loop(const RunOf<T>& run, const AdamStep& step) {
  T* HWY_RESTRICT p = run.parameter;
  const T* HWY_RESTRICT gradient = run.gradient;
  T* HWY_RESTRICT m = run.state[0];
  T* HWY_RESTRICT v = run.state[1];
  T* HWY_RESTRICT largest = run.state[2];
  const std::int64_t n = run.n;
  const T rate = static_cast<T>(step.rate), beta1 = static_cast<T>(step.beta1), beta2 = static_cast<T>(step.beta2),
          rest1 = static_cast<T>(1 - step.beta1), rest2 = static_cast<T>(1 - step.beta2),
          epsilon = static_cast<T>(step.epsilon), decay = static_cast<T>(step.decay),
          shrink = static_cast<T>(step.shrink), correction = static_cast<T>(step.correction);
  for (std::int64_t i = 0; i < n; ++i) {
    const T g = gradient[i] + detail::kept(decay, p[i]);
    m[i] = detail::kept(beta1, m[i]) + rest1 * g;
    T divisor = v[i] = detail::root_of_mixed(beta2, v[i], rest2, g);
    if constexpr (kAmsgrad) divisor = largest[i] = divisor <= largest[i] ? largest[i] : divisor;  // NaN stays NaN
    p[i] = shrink * p[i] - rate * m[i] / (divisor / correction + epsilon);
  }
}

template <class T>
void adam(const RunOf<T>& run, const AdamStep& step) {
  if (run.state[2])
    adam_loop<T, true>(run, step);
  else
    adam_loop<T, false>(run, step);
}

template <class T>
const AdamKernels<T>* adam_kernels() {
  static constexpr AdamKernels<T> kKernels = {.adam = adam<T>};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "adam.h"

namespace retrograd::optim {

namespace {

template <class Rule>
void check_settings(const char* name, const Rule& rule) {
  detail::require_rate(name, rule.learning_rate);
  detail::require_fraction(name, "beta1", rule.beta1);
  detail::require_fraction(name, "beta2", rule.beta2);
  detail::require_positive(name, "epsilon", rule.epsilon);
  detail::require_decay(name, rule.weight_decay);
}

template <class T, class Rule>
void run_kernel(const RunOf<T>& run, const Rule& rule, std::int64_t step, double decay, double shrink) {
  const auto t = static_cast<double>(step);
  RETROGRAD_DISPATCH(adam_kernels<T>)
  ()->adam(run, {rule.learning_rate / (1 - std::pow(rule.beta1, t)), rule.beta1, rule.beta2, rule.epsilon,
                 std::sqrt(1 - std::pow(rule.beta2, t)), decay, shrink});
}

}  // namespace

void Adam::check() const { check_settings("Adam", *this); }
template <class T>
void Adam::update(const RunOf<T>& run, std::int64_t step) const noexcept {
  run_kernel(run, *this, step, weight_decay, 1);
}
template void Adam::update(const RunOf<float>& run, std::int64_t step) const noexcept;
template void Adam::update(const RunOf<double>& run, std::int64_t step) const noexcept;

void AdamW::check() const { check_settings("AdamW", *this); }
template <class T>
void AdamW::update(const RunOf<T>& run, std::int64_t step) const noexcept {
  run_kernel(run, *this, step, 0, 1 - learning_rate * weight_decay);
}
template void AdamW::update(const RunOf<float>& run, std::int64_t step) const noexcept;
template void AdamW::update(const RunOf<double>& run, std::int64_t step) const noexcept;

}  // namespace retrograd::optim
#endif  // HWY_ONCE
