#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/rules.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../core/simd-inl.h"

#include <cmath>

#ifndef RETROGRAD_OPTIM_KERNELS
#define RETROGRAD_OPTIM_KERNELS
namespace retrograd::optim {
struct SgdStep {
  double learning_rate, momentum, weight_decay;
};
struct AdamStep {
  double rate, beta1, beta2, epsilon, weight_decay, correction;  // rate/(1 − β₁ᵗ), and √(1 − β₂ᵗ)
};
struct Kernels {
  // v is null where there is no momentum
  void (*sgd[2])(void* p, const void* g, void* v, std::int64_t n, const SgdStep& step);
  void (*adam[2])(void* p, const void* g, void* m, void* v, std::int64_t n, const AdamStep& step);
};
}  // namespace retrograd::optim
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::optim::HWY_NAMESPACE {
namespace {

// Plain loops: the compiler vectorises them for each target, and a value never depends on where it stands.
template <class T>
void sgd(void* p_run, const void* g_run, void* v_run, std::int64_t n, const SgdStep& step) {
  T* HWY_RESTRICT p = static_cast<T*>(p_run);
  const T* HWY_RESTRICT g = static_cast<const T*>(g_run);
  T* HWY_RESTRICT v = static_cast<T*>(v_run);
  const T rate = static_cast<T>(step.learning_rate), momentum = static_cast<T>(step.momentum),
          decay = static_cast<T>(step.weight_decay);
  if (v) {
    for (std::int64_t i = 0; i < n; ++i) {
      v[i] = momentum * v[i] + (g[i] + decay * p[i]);
      p[i] -= rate * v[i];
    }
  } else {
    for (std::int64_t i = 0; i < n; ++i) p[i] -= rate * (g[i] + decay * p[i]);
  }
}

template <class T>
void adam(void* p_run, const void* g_run, void* m_run, void* v_run, std::int64_t n, const AdamStep& step) {
  T* HWY_RESTRICT p = static_cast<T*>(p_run);
  const T* HWY_RESTRICT gradient = static_cast<const T*>(g_run);
  T* HWY_RESTRICT m = static_cast<T*>(m_run);
  T* HWY_RESTRICT v = static_cast<T*>(v_run);
  const T rate = static_cast<T>(step.rate), beta1 = static_cast<T>(step.beta1), beta2 = static_cast<T>(step.beta2),
          rest1 = static_cast<T>(1 - step.beta1), rest2 = static_cast<T>(1 - step.beta2),
          epsilon = static_cast<T>(step.epsilon), decay = static_cast<T>(step.weight_decay),
          correction = static_cast<T>(step.correction);
  for (std::int64_t i = 0; i < n; ++i) {
    const T g = gradient[i] + decay * p[i];
    m[i] = beta1 * m[i] + rest1 * g;
    v[i] = beta2 * v[i] + rest2 * g * g;
    p[i] -= rate * m[i] / (std::sqrt(v[i]) / correction + epsilon);
  }
}

const Kernels* kernels() {
  static constexpr Kernels kKernels = {{sgd<float>, sgd<double>}, {adam<float>, adam<double>}};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>

#include "../core/error.h"
#include "../core/loops.h"
#include "rules.h"

namespace retrograd::optim {

namespace {

HWY_EXPORT(kernels);

void require(bool holds, const char* rule, const char* what, double value) {
  if (!holds) fail("{}: {}, got {}", rule, what, value);
}
const Kernels& kernels_here() { return *HWY_DISPATCH_TABLE(kernels)[retrograd::detail::simd_target_index()](); }
std::size_t kernel_of(const Run& run) { return run.dtype == float32 ? 0 : 1; }

}  // namespace

void Sgd::check() const {
  require(learning_rate > 0 && std::isfinite(learning_rate), "Sgd", "the learning rate must be positive",
          learning_rate);
  require(momentum >= 0 && momentum < 1, "Sgd", "the momentum must be from 0 to below 1", momentum);
  require(weight_decay >= 0 && std::isfinite(weight_decay), "Sgd", "the weight decay can't be negative", weight_decay);
}

void Sgd::update(const Run& run, std::int64_t) const {
  kernels_here().sgd[kernel_of(run)](run.parameter, run.gradient, run.state[0], run.n,
                                     {learning_rate, momentum, weight_decay});
}

void Adam::check() const {
  require(learning_rate > 0 && std::isfinite(learning_rate), "Adam", "the learning rate must be positive",
          learning_rate);
  require(beta1 >= 0 && beta1 < 1, "Adam", "beta1 must be from 0 to below 1", beta1);
  require(beta2 >= 0 && beta2 < 1, "Adam", "beta2 must be from 0 to below 1", beta2);
  require(epsilon > 0, "Adam", "epsilon must be positive", epsilon);
  require(weight_decay >= 0 && std::isfinite(weight_decay), "Adam", "the weight decay can't be negative", weight_decay);
}

void Adam::update(const Run& run, std::int64_t step) const {
  const auto t = static_cast<double>(step);
  const AdamStep constants{learning_rate / (1 - std::pow(beta1, t)), beta1, beta2, epsilon, weight_decay,
                           std::sqrt(1 - std::pow(beta2, t))};
  kernels_here().adam[kernel_of(run)](run.parameter, run.gradient, run.state[0], run.state[1], run.n, constants);
}

}  // namespace retrograd::optim
#endif  // HWY_ONCE
