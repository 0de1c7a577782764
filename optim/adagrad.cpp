#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adagrad.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../core/kernels/simd-inl.h"

#include <cmath>

#ifndef RETROGRAD_OPTIM_ADAGRAD_KERNELS
#define RETROGRAD_OPTIM_ADAGRAD_KERNELS
namespace retrograd::optim {
struct AdagradStep {
  double rate, initial, epsilon, weight_decay;  // initial is added to s
};
struct RmsPropStep {
  double rate, alpha, epsilon, weight_decay, momentum;
};
struct AdadeltaStep {
  double rate, rho, epsilon, weight_decay;
};
struct AdagradKernels {
  void (*adagrad[2])(void* p, const void* g, void* s, std::int64_t n, const AdagradStep& step);
  // v is null without momentum, a unless centered
  void (*rms_prop[2])(void* p, const void* g, void* s, void* v, void* a, std::int64_t n, const RmsPropStep& step);
  void (*adadelta[2])(void* p, const void* g, void* s, void* c, std::int64_t n, const AdadeltaStep& step);
};
}  // namespace retrograd::optim
#endif

#include "square_roots.h"

HWY_BEFORE_NAMESPACE();
namespace retrograd::optim::HWY_NAMESPACE {
namespace {

// Plain loops: the compiler vectorizes them for each target, and a value never depends on where it stands. What stands
// in s and c are their roots.
template <class T>
void adagrad(void* p_run, const void* g_run, void* s_run, std::int64_t n, const AdagradStep& step) {
  T* HWY_RESTRICT p = static_cast<T*>(p_run);
  const T* HWY_RESTRICT g = static_cast<const T*>(g_run);
  T* HWY_RESTRICT s = static_cast<T*>(s_run);
  const T rate = static_cast<T>(step.rate), initial = static_cast<T>(step.initial),
          epsilon = static_cast<T>(step.epsilon), decay = static_cast<T>(step.weight_decay);
  for (std::int64_t i = 0; i < n; ++i) {
    const T d = g[i] + decay * p[i];
    s[i] = detail::root_of_mixed(T(1), s[i], T(1), d, initial);
    p[i] -= rate * d / (s[i] + epsilon);
  }
}

template <class T, bool kMomentum, bool kCentered>
void rms_prop_loop(void* p_run, const void* g_run, void* s_run, void* v_run, void* a_run, std::int64_t n,
                   const RmsPropStep& step) {
  T* HWY_RESTRICT p = static_cast<T*>(p_run);
  const T* HWY_RESTRICT g = static_cast<const T*>(g_run);
  T* HWY_RESTRICT s = static_cast<T*>(s_run);
  T* HWY_RESTRICT v = static_cast<T*>(v_run);
  T* HWY_RESTRICT a = static_cast<T*>(a_run);
  const T rate = static_cast<T>(step.rate), alpha = static_cast<T>(step.alpha), rest = static_cast<T>(1 - step.alpha),
          epsilon = static_cast<T>(step.epsilon), decay = static_cast<T>(step.weight_decay),
          momentum = static_cast<T>(step.momentum);
  for (std::int64_t i = 0; i < n; ++i) {
    const T d = g[i] + decay * p[i];
    T root = s[i] = detail::root_of_mixed(alpha, s[i], rest, d);
    if constexpr (kCentered) {
      a[i] = detail::kept(alpha, a[i]) + rest * d;
      const T scale = detail::scale_for(root), square = (root - a[i]) * scale * ((root + a[i]) * scale);
      root = std::sqrt(square < 0 ? T(0) : square) / scale;  // below 0 by rounding; NaN stays NaN
    }
    const T change = d / (root + epsilon);
    if constexpr (kMomentum) {
      v[i] = detail::kept(momentum, v[i]) + change;
      p[i] -= rate * v[i];
    } else {
      p[i] -= rate * change;
    }
  }
}

template <class T>
void rms_prop(void* p, const void* g, void* s, void* v, void* a, std::int64_t n, const RmsPropStep& step) {
  if (v && a)
    rms_prop_loop<T, true, true>(p, g, s, v, a, n, step);
  else if (v)
    rms_prop_loop<T, true, false>(p, g, s, v, a, n, step);
  else if (a)
    rms_prop_loop<T, false, true>(p, g, s, v, a, n, step);
  else
    rms_prop_loop<T, false, false>(p, g, s, v, a, n, step);
}

template <class T>
void adadelta(void* p_run, const void* g_run, void* s_run, void* c_run, std::int64_t n, const AdadeltaStep& step) {
  T* HWY_RESTRICT p = static_cast<T*>(p_run);
  const T* HWY_RESTRICT g = static_cast<const T*>(g_run);
  T* HWY_RESTRICT s = static_cast<T*>(s_run);
  T* HWY_RESTRICT c = static_cast<T*>(c_run);
  const T rate = static_cast<T>(step.rate), rho = static_cast<T>(step.rho), rest = static_cast<T>(1 - step.rho),
          epsilon = static_cast<T>(step.epsilon), decay = static_cast<T>(step.weight_decay);
  for (std::int64_t i = 0; i < n; ++i) {
    const T d = g[i] + decay * p[i];
    s[i] = detail::root_of_mixed(rho, s[i], rest, d);
    const T up = detail::root_of_mixed(T(1), c[i], T(0), T(0), epsilon);
    const T down = detail::root_of_mixed(T(1), s[i], T(0), T(0), epsilon);
    const T change = up / down * d;
    c[i] = detail::root_of_mixed(rho, c[i], rest, change);
    p[i] -= rate * change;
  }
}

const AdagradKernels* adagrad_kernels() {
  static constexpr AdagradKernels kKernels = {
      {adagrad<float>, adagrad<double>}, {rms_prop<float>, rms_prop<double>}, {adadelta<float>, adadelta<double>}};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../core/compute/loops.h"
#include "adagrad.h"

namespace retrograd::optim {

namespace {
const AdagradKernels& kernels() { return *RETROGRAD_DISPATCH(adagrad_kernels)(); }
}  // namespace

void Adagrad::check() const {
  detail::require_rate("Adagrad", learning_rate);
  detail::require_not_negative("Adagrad", "the rate decay", rate_decay);
  detail::require_decay("Adagrad", weight_decay);
  detail::require_not_negative("Adagrad", "the initial accumulator", initial_accumulator);
  detail::require_positive("Adagrad", "epsilon", epsilon);
}

void Adagrad::update(const Run& run, std::int64_t step) const noexcept {
  const double rate = learning_rate / (1 + static_cast<double>(step - 1) * rate_decay);
  kernels().adagrad[detail::kernel_of(run)](run.parameter, run.gradient, run.state[0], run.n,
                                            {rate, step == 1 ? initial_accumulator : 0, epsilon, weight_decay});
}

void RmsProp::check() const {
  detail::require_rate("RmsProp", learning_rate);
  detail::require_fraction("RmsProp", "alpha", alpha);
  detail::require_positive("RmsProp", "epsilon", epsilon);
  detail::require_decay("RmsProp", weight_decay);
  detail::require_fraction("RmsProp", "the momentum", momentum);
}

void RmsProp::update(const Run& run, std::int64_t) const noexcept {
  kernels().rms_prop[detail::kernel_of(run)](run.parameter, run.gradient, run.state[0], run.state[1], run.state[2],
                                             run.n, {learning_rate, alpha, epsilon, weight_decay, momentum});
}

void Adadelta::check() const {
  detail::require_rate("Adadelta", learning_rate);
  detail::require_fraction("Adadelta", "rho", rho);
  detail::require_positive("Adadelta", "epsilon", epsilon);
  detail::require_decay("Adadelta", weight_decay);
}

void Adadelta::update(const Run& run, std::int64_t) const noexcept {
  kernels().adadelta[detail::kernel_of(run)](run.parameter, run.gradient, run.state[0], run.state[1], run.n,
                                             {learning_rate, rho, epsilon, weight_decay});
}

}  // namespace retrograd::optim
#endif  // HWY_ONCE
