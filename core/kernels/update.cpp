#define HWY_TARGET_INCLUDE "core/kernels/update.cpp"
#include "update.h"

#include "square_roots.h"
#include "targets-inl.h"

RETROGRAD_BEGIN_KERNELS();

using detail::AdadeltaStep;
using detail::AdagradStep;
using detail::AdamStep;
using detail::LionStep;
using detail::MixStep;
using detail::RmsPropStep;
using detail::SgdStep;
using optim::RunOf;

// Scalar loops: the compiler vectorizes them for each target, and a value never depends on its position.
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

// v holds the square root of the average of squares.
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
    if constexpr (kAmsgrad) divisor = largest[i] = divisor <= largest[i] ? largest[i] : divisor;  // keeps NaN
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

// s and c hold square roots, not sums or averages of squares.
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
      root = std::sqrt(square < 0 ? T(0) : square) / scale;  // negative by rounding; NaN stays NaN
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
void mix(const RunOf<T>& run, const MixStep& step) {
  T* HWY_RESTRICT y = run.parameter;
  const T* HWY_RESTRICT x = run.gradient;
  const T keep = static_cast<T>(step.keep), fresh = static_cast<T>(step.fresh);
  for (std::int64_t i = 0; i < run.n; ++i) y[i] = keep * y[i] + fresh * x[i];
}

template <class T>
constexpr detail::UpdateKernelsOf<T> kernels_of() {
  return {.sgd = sgd<T>,
          .lion = lion<T>,
          .adam = adam<T>,
          .adagrad = adagrad<T>,
          .rms_prop = rms_prop<T>,
          .adadelta = adadelta<T>,
          .mix = mix<T>};
}
constexpr detail::UpdateKernels kTable = {.floats = kernels_of<float>(), .doubles = kernels_of<double>()};

RETROGRAD_END_KERNELS(UpdateKernels, update_kernels);
