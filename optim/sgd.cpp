#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/sgd.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../core/kernels/simd-inl.h"

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
struct SgdKernels {
  // v is null where there is no momentum
  void (*sgd[2])(void* p, const void* g, void* v, std::int64_t n, const SgdStep& step);
  void (*lion[2])(void* p, const void* g, void* m, std::int64_t n, const LionStep& step);
};
}  // namespace retrograd::optim
#endif

#include "square_roots.h"

HWY_BEFORE_NAMESPACE();
namespace retrograd::optim::HWY_NAMESPACE {
namespace {

// Plain loops: the compiler vectorizes them for each target, and a value never depends on where it stands.
template <class T>
void sgd(void* p_run, const void* g_run, void* v_run, std::int64_t n, const SgdStep& step) {
  T* HWY_RESTRICT p = static_cast<T*>(p_run);
  const T* HWY_RESTRICT g = static_cast<const T*>(g_run);
  T* HWY_RESTRICT v = static_cast<T*>(v_run);
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
void lion(void* p_run, const void* g_run, void* m_run, std::int64_t n, const LionStep& step) {
  T* HWY_RESTRICT p = static_cast<T*>(p_run);
  const T* HWY_RESTRICT g = static_cast<const T*>(g_run);
  T* HWY_RESTRICT m = static_cast<T*>(m_run);
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

const SgdKernels* sgd_kernels() {
  static constexpr SgdKernels kKernels = {{sgd<float>, sgd<double>}, {lion<float>, lion<double>}};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../core/base/error.h"
#include "../core/compute/loops.h"
#include "sgd.h"

namespace retrograd::optim {

namespace {
const SgdKernels& kernels() { return *RETROGRAD_DISPATCH(sgd_kernels)(); }
}  // namespace

void Sgd::check() const {
  detail::require_rate("Sgd", learning_rate);
  detail::require_fraction("Sgd", "the momentum", momentum);
  detail::require_decay("Sgd", weight_decay);
  if (!(dampening >= 0 && dampening <= 1)) fail("Sgd: the dampening must be from 0 to 1, got {}", dampening);
  if (nesterov && momentum == 0) fail("Sgd: nesterov needs a positive momentum, got 0");
  if (nesterov && dampening != 0) fail("Sgd: nesterov needs a dampening of 0, got {}", dampening);
}

void Sgd::update(const Run& run, std::int64_t step) const noexcept {
  kernels().sgd[detail::kernel_of(run)](
      run.parameter, run.gradient, run.state[0], run.n,
      {learning_rate, momentum, weight_decay, step == 1 ? 1 : 1 - dampening, nesterov});
}

void Lion::check() const {
  detail::require_rate("Lion", learning_rate);
  detail::require_fraction("Lion", "beta1", beta1);
  detail::require_fraction("Lion", "beta2", beta2);
  detail::require_decay("Lion", weight_decay);
}

void Lion::update(const Run& run, std::int64_t) const noexcept {
  kernels().lion[detail::kernel_of(run)](run.parameter, run.gradient, run.state[0], run.n,
                                         {learning_rate, beta1, beta2, weight_decay});
}

}  // namespace retrograd::optim
#endif  // HWY_ONCE
