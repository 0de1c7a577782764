// The arithmetic of the update rules on contiguous elements. Not a public header.
#pragma once
#include "update_run.h"

namespace retrograd::detail {

struct SgdStep {
  double learning_rate, momentum, weight_decay, share;  // share of the new gradient in v
  bool nesterov;
};
struct LionStep {
  double learning_rate, beta1, beta2, weight_decay;
};
struct AdamStep {
  double rate, beta1, beta2, epsilon, correction;  // rate/(1 − β₁ᵗ), and √(1 − β₂ᵗ)
  double decay, shrink;                            // decay·p is added to g, and p is multiplied by shrink
};
struct AdagradStep {
  double rate, initial, epsilon, weight_decay;  // initial is added to s
};
struct RmsPropStep {
  double rate, alpha, epsilon, weight_decay, momentum;
};
struct AdadeltaStep {
  double rate, rho, epsilon, weight_decay;
};

struct MixStep {
  double keep, fresh;  // the weights of the old and the new value
};

template <class T>
struct UpdateKernelsOf {
  template <class Step>
  using Run = void (*)(const optim::RunOf<T>& run, const Step& step);
  Run<SgdStep> sgd;            // state: v, or null without momentum
  Run<LionStep> lion;          // m
  Run<AdamStep> adam;          // m, √v, and the largest √v, or null without amsgrad
  Run<AdagradStep> adagrad;    // √s
  Run<RmsPropStep> rms_prop;   // √s, v or null without momentum, a or null if not centered
  Run<AdadeltaStep> adadelta;  // √s, √c
  Run<MixStep> mix;            // for averages: `gradient` points to the new values
};
struct UpdateKernels {
  UpdateKernelsOf<float> floats;
  UpdateKernelsOf<double> doubles;
  template <class T>
  const UpdateKernelsOf<T>& of() const {
    if constexpr (sizeof(T) == sizeof(float))
      return floats;
    else
      return doubles;
  }
};
const UpdateKernels& update_kernels();

}  // namespace retrograd::detail
