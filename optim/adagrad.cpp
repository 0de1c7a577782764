#include "adagrad.h"

#include "../core/kernels/update.h"

namespace retrograd::optim {

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
  retrograd::detail::update_kernels().of<T>().adagrad(
      run, {rate, step == 1 ? initial_accumulator : 0, epsilon, weight_decay});
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
  retrograd::detail::update_kernels().of<T>().rms_prop(run, {learning_rate, alpha, epsilon, weight_decay, momentum});
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
  retrograd::detail::update_kernels().of<T>().adadelta(run, {learning_rate, rho, epsilon, weight_decay});
}
template void Adadelta::update(const RunOf<float>& run, std::int64_t step) const noexcept;
template void Adadelta::update(const RunOf<double>& run, std::int64_t step) const noexcept;

}  // namespace retrograd::optim
