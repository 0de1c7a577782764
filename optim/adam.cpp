#include "adam.h"

#include <cmath>

#include "../core/kernels/update.h"

namespace retrograd::optim {

namespace {

template <class Rule>
void check_settings(const char* name, const Rule& rule) {
  detail::require_rate(name, rule.learning_rate);
  detail::require_fraction(name, "beta1", rule.beta1);
  detail::require_fraction(name, "beta2", rule.beta2);
  detail::require_positive(name, "epsilon", rule.epsilon);
  detail::require_decay(name, rule.weight_decay);
}

template <class T, class Rule>
void run_kernel(const RunOf<T>& run, const Rule& rule, std::int64_t step, double decay, double shrink) {
  const auto t = static_cast<double>(step);
  retrograd::detail::update_kernels().of<T>().adam(
      run, {rule.learning_rate / (1 - std::pow(rule.beta1, t)), rule.beta1, rule.beta2, rule.epsilon,
            std::sqrt(1 - std::pow(rule.beta2, t)), decay, shrink});
}

}  // namespace

void Adam::check() const { check_settings("Adam", *this); }
template <class T>
void Adam::update(const RunOf<T>& run, std::int64_t step) const noexcept {
  run_kernel(run, *this, step, weight_decay, 1);
}
template void Adam::update(const RunOf<float>& run, std::int64_t step) const noexcept;
template void Adam::update(const RunOf<double>& run, std::int64_t step) const noexcept;

void AdamW::check() const { check_settings("AdamW", *this); }
template <class T>
void AdamW::update(const RunOf<T>& run, std::int64_t step) const noexcept {
  run_kernel(run, *this, step, 0, 1 - learning_rate * weight_decay);
}
template void AdamW::update(const RunOf<float>& run, std::int64_t step) const noexcept;
template void AdamW::update(const RunOf<double>& run, std::int64_t step) const noexcept;

}  // namespace retrograd::optim
