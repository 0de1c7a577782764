#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adam.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../core/kernels/simd-inl.h"

#include <cmath>

#ifndef RETROGRAD_OPTIM_ADAM_KERNELS
#define RETROGRAD_OPTIM_ADAM_KERNELS
namespace retrograd::optim {
struct AdamStep {
  double rate, beta1, beta2, epsilon, correction;  // rate/(1 − β₁ᵗ), and √(1 − β₂ᵗ)
  double decay, shrink;                            // decay·p is added to g, and p is multiplied by shrink
};
struct AdamKernels {
  // largest is null without amsgrad
  void (*adam[2])(void* p, const void* g, void* m, void* v, void* largest, std::int64_t n, const AdamStep& step);
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
void adam_loop(void* p_run, const void* g_run, void* m_run, void* v_run, void* largest_run, std::int64_t n,
               const AdamStep& step) {
  T* HWY_RESTRICT p = static_cast<T*>(p_run);
  const T* HWY_RESTRICT gradient = static_cast<const T*>(g_run);
  T* HWY_RESTRICT m = static_cast<T*>(m_run);
  T* HWY_RESTRICT v = static_cast<T*>(v_run);
  T* HWY_RESTRICT largest = static_cast<T*>(largest_run);
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
void adam(void* p, const void* g, void* m, void* v, void* largest, std::int64_t n, const AdamStep& step) {
  if (largest)
    adam_loop<T, true>(p, g, m, v, largest, n, step);
  else
    adam_loop<T, false>(p, g, m, v, largest, n, step);
}

const AdamKernels* adam_kernels() {
  static constexpr AdamKernels kKernels = {{adam<float>, adam<double>}};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../core/compute/loops.h"
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

template <class Rule>
void run_kernel(const Run& run, const Rule& rule, std::int64_t step, double decay, double shrink) {
  const AdamKernels& kernels = *RETROGRAD_DISPATCH(adam_kernels)();
  const auto t = static_cast<double>(step);
  kernels.adam[detail::kernel_of(run)](run.parameter, run.gradient, run.state[0], run.state[1], run.state[2], run.n,
                                       {rule.learning_rate / (1 - std::pow(rule.beta1, t)), rule.beta1, rule.beta2,
                                        rule.epsilon, std::sqrt(1 - std::pow(rule.beta2, t)), decay, shrink});
}

}  // namespace

void Adam::check() const { check_settings("Adam", *this); }
void Adam::update(const Run& run, std::int64_t step) const noexcept { run_kernel(run, *this, step, weight_decay, 1); }

void AdamW::check() const { check_settings("AdamW", *this); }
void AdamW::update(const Run& run, std::int64_t step) const noexcept {
  run_kernel(run, *this, step, 0, 1 - learning_rate * weight_decay);
}

}  // namespace retrograd::optim
#endif  // HWY_ONCE
