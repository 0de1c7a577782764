#include "sgd.h"

#include "../core/base/error.h"
#include "../core/kernels/update.h"

namespace retrograd::optim {

void Sgd::check() const {
  detail::require_rate("Sgd", learning_rate);
  detail::require_fraction("Sgd", "the momentum", momentum);
  detail::require_decay("Sgd", weight_decay);
  if (!(dampening >= 0 && dampening <= 1))
    retrograd::detail::fail("Sgd: the dampening must be from 0 to 1, got {}", dampening);
  if (nesterov && momentum == 0) retrograd::detail::fail("Sgd: nesterov needs a positive momentum, got 0");
  if (nesterov && dampening != 0) retrograd::detail::fail("Sgd: nesterov needs a dampening of 0, got {}", dampening);
}

template <class T>
void Sgd::update(const RunOf<T>& run, std::int64_t step) const noexcept {
  retrograd::detail::update_kernels().of<T>().sgd(
      run, {learning_rate, momentum, weight_decay, step == 1 ? 1 : 1 - dampening, nesterov});
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
  retrograd::detail::update_kernels().of<T>().lion(run, {learning_rate, beta1, beta2, weight_decay});
}
template void Lion::update(const RunOf<float>& run, std::int64_t step) const noexcept;
template void Lion::update(const RunOf<double>& run, std::int64_t step) const noexcept;

}  // namespace retrograd::optim
