#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/sgd.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../core/kernels/simd-inl.h"

#include "../core/kernels/update_run.h"

#ifndef RETROGRAD_OPTIM_SGD_KERNELS
#define RETROGRAD_OPTIM_SGD_KERNELS
namespace retrograd::optim {
struct SgdStep {
  double learning_rate, momentum, weight_decay, share;  // share of the new gradient in v
  bool nesterov;
};
struct LionStep {
  double learning_rate, beta1, beta2, weight_decay;
};
template <class T>
struct SgdKernels {
  void (*sgd)(const RunOf<T>& run, const SgdStep& step);  // state: v, or null where there is no momentum
  void (*lion)(const RunOf<T>& run, const LionStep& step);
};
}  // namespace retrograd::optim
#endif

#include "square_roots.h"

HWY_BEFORE_NAMESPACE();
namespace retrograd::optim::HWY_NAMESPACE {
namespace {

// Plain loops: the compiler vectorizes them for each target, and a value never depends on where it stands.
template <class T>
void sgd(const RunOf<T>& run, const SgdStep& step) {
  T* HWY_RESTRICT p = run.parameter;
  const T* HWY_RESTRICT g = run.gradient;
  T* HWY_RESTRICT v = run.state[0];
  const std::int64_t n = run.n;
  const T rate = static_cast<T>(step.learning_rate), momentum = static_cast<T>(step.momentum),
          decay = static_cast<T>(step.weight_decay), share = static_cast<T>(step.share);
  if (!v) {
    for (std::int64_t i = 0; i < n; ++i) p[i] -= rate * (g[i] + decay * p[i]);
  } else if (step.nesterov) {
    for (std::int64_t i = 0; i < n; ++i) {
      const T d = g[i] + decay * p[i];
      v[i] = momentum * v[i] + d;
      p[i] -= rate * (d + momentum * v[i]);
    }
  } else {
    for (std::int64_t i = 0; i < n; ++i) {
      v[i] = momentum * v[i] + share * (g[i] + decay * p[i]);
      p[i] -= rate * v[i];
    }
  }
}

template <class T>
void lion(const RunOf<T>& run, const LionStep& step) {
  T* HWY_RESTRICT p = run.parameter;
  const T* HWY_RESTRICT g = run.gradient;
  T* HWY_RESTRICT m = run.state[0];
  const std::int64_t n = run.n;
  const T rate = static_cast<T>(step.learning_rate), beta1 = static_cast<T>(step.beta1),
          beta2 = static_cast<T>(step.beta2), rest1 = static_cast<T>(1 - step.beta1),
          rest2 = static_cast<T>(1 - step.beta2), decay = static_cast<T>(step.weight_decay);
  for (std::int64_t i = 0; i < n; ++i) {
    const T mixed = detail::kept(beta1, m[i]) + rest1 * g[i];
    const T sign = mixed > 0 ? T(1) : mixed < 0 ? T(-1) : mixed;
    p[i] -= rate * (sign + decay * p[i]);
    m[i] = detail::kept(beta2, m[i]) + rest2 * g[i];
  }
}

template <class T>
const SgdKernels<T>* sgd_kernels() {
  static constexpr SgdKernels<T> kKernels = {.sgd = sgd<T>, .lion = lion<T>};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../core/base/error.h"
#include "sgd.h"

namespace retrograd::optim {

namespace {
template <class T>
const SgdKernels<T>& kernels() {
  return *RETROGRAD_DISPATCH(sgd_kernels<T>)();
}
}  // namespace

void Sgd::check() const {
  detail::require_rate("Sgd", learning_rate);
  detail::require_fraction("Sgd", "the momentum", momentum);
  detail::require_decay("Sgd", weight_decay);
  if (!(dampening >= 0 && dampening <= 1)) fail("Sgd: the dampening must be from 0 to 1, got {}", dampening);
  if (nesterov && momentum == 0) fail("Sgd: nesterov needs a positive momentum, got 0");
  if (nesterov && dampening != 0) fail("Sgd: nesterov needs a dampening of 0, got {}", dampening);
}

template <class T>
void Sgd::update(const RunOf<T>& run, std::int64_t step) const noexcept {
  kernels<T>().sgd(run, {learning_rate, momentum, weight_decay, step == 1 ? 1 : 1 - dampening, nesterov});
}
template void Sgd::update(const RunOf<float>& run, std::int64_t step) const noexcept;
template void Sgd::update(const RunOf<double>& run, std::int64_t step) const noexcept;

void Lion::check() const {
  detail::require_rate("Lion", learning_rate);
  detail::require_fraction("Lion", "beta1", beta1);
  detail::require_fraction("Lion", "beta2", beta2);
  detail::require_decay("Lion", weight_decay);
}

template <class T>
void Lion::update(const RunOf<T>& run, std::int64_t) const noexcept {
  kernels<T>().lion(run, {learning_rate, beta1, beta2, weight_decay});
}
template void Lion::update(const RunOf<float>& run, std::int64_t step) const noexcept;
template void Lion::update(const RunOf<double>& run, std::int64_t step) const noexcept;

}  // namespace retrograd::optim
#endif  // HWY_ONCE
