#include "../elementwise/activations.h"
#include "../elementwise/hyperbolic.h"
#include "../elementwise/rectifiers.h"
#include "../override/override.h"
#include "../reduction/softmax.h"
#include "batch_norm.h"
#include "linear.h"
#include "losses.h"
#include "normalization.h"

namespace retrograd {

// Listed explicitly: a static library drops objects that register themselves.
std::span<const Override* const> overrides::all() {
  static constexpr const Override* kOverrides[] = {&relu,
                                                   &sigmoid,
                                                   &linear,
                                                   &linear_relu,
                                                   &linear_sigmoid,
                                                   &linear_tanh,
                                                   &euclidean,
                                                   &mse,
                                                   &softmax_cross_entropy,
                                                   &softmax,
                                                   &log_softmax,
                                                   &logsumexp,
                                                   &layer_norm,
                                                   &batch_norm};
  return kOverrides;
}

}  // namespace retrograd
