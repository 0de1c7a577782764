#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adagrad.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../core/kernels/simd-inl.h"

#include <cmath>

#include "../core/kernels/update_run.h"

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
template <class T>
struct AdagradKernels {
  void (*adagrad)(const RunOf<T>& run, const AdagradStep& step);    // state: s
  void (*rms_prop)(const RunOf<T>& run, const RmsPropStep& step);   // s, v or null without momentum, a if centered
  void (*adadelta)(const RunOf<T>& run, const AdadeltaStep& step);  // s, c
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
void adagrad(const RunOf<T>& run, const AdagradStep& step) {
  T* HWY_RESTRICT p = run.parameter;
  const T* HWY_RESTRICT g = run.gradient;
  T* HWY_RESTRICT s = run.state[0];
  const std::int64_t n = run.n;
  const T rate = static_cast<T>(step.rate), initial = static_cast<T>(step.initial),
          epsilon = static_cast<T>(step.epsilon), decay = static_cast<T>(step.weight_decay);
  for (std::int64_t i = 0; i < n; ++i) {
    const T d = g[i] + decay * p[i];
    s[i] = detail::root_of_mixed(T(1), s[i], T(1), d, initial);
    p[i] -= rate * d / (s[i] + epsilon);
  }
}

template <class T, bool kMomentum, bool kCentered>
void rms_prop_loop(const RunOf<T>& run, const RmsPropStep& step) {
  T* HWY_RESTRICT p = run.parameter;
  const T* HWY_RESTRICT g = run.gradient;
  T* HWY_RESTRICT s = run.state[0];
  T* HWY_RESTRICT v = run.state[1];
  T* HWY_RESTRICT a = run.state[2];
  const std::int64_t n = run.n;
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
void rms_prop(const RunOf<T>& run, const RmsPropStep& step) {
  const bool has_momentum = run.state[1] != nullptr, is_centered = run.state[2] != nullptr;
  if (has_momentum && is_centered)
    rms_prop_loop<T, true, true>(run, step);
  else if (has_momentum)
    rms_prop_loop<T, true, false>(run, step);
  else if (is_centered)
    rms_prop_loop<T, false, true>(run, step);
  else
    rms_prop_loop<T, false, false>(run, step);
}

template <class T>
void adadelta(const RunOf<T>& run, const AdadeltaStep& step) {
  T* HWY_RESTRICT p = run.parameter;
  const T* HWY_RESTRICT g = run.gradient;
  T* HWY_RESTRICT s = run.state[0];
  T* HWY_RESTRICT c = run.state[1];
  const std::int64_t n = run.n;
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

template <class T>
const AdagradKernels<T>* adagrad_kernels() {
  static constexpr AdagradKernels<T> kKernels = {
      .adagrad = adagrad<T>, .rms_prop = rms_prop<T>, .adadelta = adadelta<T>};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "adagrad.h"

namespace retrograd::optim {

namespace {
template <class T>
const AdagradKernels<T>& kernels() {
  return *RETROGRAD_DISPATCH(adagrad_kernels<T>)();
}
}  // namespace

void Adagrad::check() const {
  detail::require_rate("Adagrad", learning_rate);
  detail::require_not_negative("Adagrad", "the rate decay", rate_decay);
  detail::require_decay("Adagrad", weight_decay);
  detail::require_not_negative("Adagrad", "the initial accumulator", initial_accumulator);
  detail::require_positive("Adagrad", "epsilon", epsilon);
}

template <class T>
void Adagrad::update(const RunOf<T>& run, std::int64_t step) const noexcept {
  const double rate = learning_rate / (1 + static_cast<double>(step - 1) * rate_decay);
  kernels<T>().adagrad(run, {rate, step == 1 ? initial_accumulator : 0, epsilon, weight_decay});
}
template void Adagrad::update(const RunOf<float>& run, std::int64_t step) const noexcept;
template void Adagrad::update(const RunOf<double>& run, std::int64_t step) const noexcept;

void RmsProp::check() const {
  detail::require_rate("RmsProp", learning_rate);
  detail::require_fraction("RmsProp", "alpha", alpha);
  detail::require_positive("RmsProp", "epsilon", epsilon);
  detail::require_decay("RmsProp", weight_decay);
  detail::require_fraction("RmsProp", "the momentum", momentum);
}

template <class T>
void RmsProp::update(const RunOf<T>& run, std::int64_t) const noexcept {
  kernels<T>().rms_prop(run, {learning_rate, alpha, epsilon, weight_decay, momentum});
}
template void RmsProp::update(const RunOf<float>& run, std::int64_t step) const noexcept;
template void RmsProp::update(const RunOf<double>& run, std::int64_t step) const noexcept;

void Adadelta::check() const {
  detail::require_rate("Adadelta", learning_rate);
  detail::require_fraction("Adadelta", "rho", rho);
  detail::require_positive("Adadelta", "epsilon", epsilon);
  detail::require_decay("Adadelta", weight_decay);
}

template <class T>
void Adadelta::update(const RunOf<T>& run, std::int64_t) const noexcept {
  kernels<T>().adadelta(run, {learning_rate, rho, epsilon, weight_decay});
}
template void Adadelta::update(const RunOf<float>& run, std::int64_t step) const noexcept;
template void Adadelta::update(const RunOf<double>& run, std::int64_t step) const noexcept;

}  // namespace retrograd::optim
#endif  // HWY_ONCE
