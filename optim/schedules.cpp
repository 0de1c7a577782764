#include "schedules.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "../core/base/error.h"
#include "rule.h"

namespace retrograd::optim {

namespace {

void require_steps(const char* name, std::int64_t steps) {
  if (steps < 1) retrograd::detail::fail("{}: the number of steps must be positive, got {}", name, steps);
}
void require_factor(const char* name, double factor) {
  if (!(factor > 0 && std::isfinite(factor)))
    retrograd::detail::fail("{}: the factor must be positive, got {}", name, factor);
}
void require_schedule(const char* name, const Schedule& schedule) {
  if (!schedule) retrograd::detail::fail("{}: the schedule is empty", name);
}

template <class F>
Schedule from_zero(const char* name, F rate) {
  return [name, rate = std::move(rate)](std::int64_t step) -> double {
    if (step < 0) retrograd::detail::fail("{}: the step cannot be negative, got {}", name, step);
    return rate(step);
  };
}

// Half a cosine from `from` to `to` as t goes from 0 to 1.
double along_cosine(double from, double to, double t) {
  return to + (from - to) * (1 + std::cos(std::numbers::pi * t)) / 2;
}

double ratio(std::int64_t a, std::int64_t b) { return static_cast<double>(a) / static_cast<double>(b); }

}  // namespace

Schedule constant(double rate) {
  detail::require_not_negative("constant", "the rate", rate);
  return from_zero("constant", [rate](std::int64_t) { return rate; });
}

Schedule step(double rate, std::int64_t every, double factor) {
  detail::require_not_negative("step", "the rate", rate);
  require_steps("step", every);
  require_factor("step", factor);
  return from_zero("step", [rate, every, factor](std::int64_t at) {
    const std::int64_t times = at / every;
    return rate * std::pow(factor, static_cast<double>(times));
  });
}

Schedule multi_step(double rate, std::vector<std::int64_t> milestones, double factor) {
  detail::require_not_negative("multi_step", "the rate", rate);
  require_factor("multi_step", factor);
  for (std::size_t i = 1; i < milestones.size(); ++i)
    if (milestones[i] <= milestones[i - 1])
      retrograd::detail::fail("multi_step: the milestones must be increasing, got {} after {}", milestones[i],
                              milestones[i - 1]);
  return from_zero("multi_step", [rate, milestones = std::move(milestones), factor](std::int64_t at) {
    const auto passed = std::upper_bound(milestones.begin(), milestones.end(), at) - milestones.begin();
    return rate * std::pow(factor, static_cast<double>(passed));
  });
}

Schedule exponential(double rate, double factor) {
  detail::require_not_negative("exponential", "the rate", rate);
  require_factor("exponential", factor);
  return from_zero("exponential",
                   [rate, factor](std::int64_t at) { return rate * std::pow(factor, static_cast<double>(at)); });
}

Schedule polynomial(double rate, std::int64_t steps, double power, double last) {
  detail::require_not_negative("polynomial", "the rate", rate);
  detail::require_not_negative("polynomial", "the last rate", last);
  require_steps("polynomial", steps);
  if (!(power > 0 && std::isfinite(power)))
    retrograd::detail::fail("polynomial: the power must be positive, got {}", power);
  return from_zero("polynomial", [=](std::int64_t at) {
    return last + (rate - last) * std::pow(1 - ratio(std::min(at, steps), steps), power);
  });
}

Schedule cosine(double rate, std::int64_t steps, double last) {
  detail::require_not_negative("cosine", "the rate", rate);
  detail::require_not_negative("cosine", "the last rate", last);
  require_steps("cosine", steps);
  return from_zero("cosine",
                   [=](std::int64_t at) { return at < steps ? along_cosine(rate, last, ratio(at, steps)) : last; });
}

Schedule chain(Schedule first, std::int64_t steps, Schedule then) {
  require_schedule("chain", first);
  require_schedule("chain", then);
  require_steps("chain", steps);
  return from_zero("chain", [first = std::move(first), steps, then = std::move(then)](std::int64_t at) {
    return at < steps ? first(at) : then(at - steps);
  });
}

Schedule warm_up(std::int64_t steps, Schedule after, double start) {
  require_schedule("warm_up", after);
  require_steps("warm_up", steps);
  if (!(start >= 0 && start <= 1)) retrograd::detail::fail("warm_up: the start must be from 0 to 1, got {}", start);
  return from_zero("warm_up", [steps, after = std::move(after), start](std::int64_t at) {
    return at < steps ? after(0) * (start + (1 - start) * ratio(at, steps)) : after(at - steps);
  });
}

Schedule one_cycle(double highest, std::int64_t steps, const OneCycle& settings) {
  detail::require_not_negative("one_cycle", "the highest rate", highest);
  if (steps < 2) retrograd::detail::fail("one_cycle: the number of steps must be at least 2, got {}", steps);
  if (!(settings.rise >= 0 && settings.rise <= 1))
    retrograd::detail::fail("one_cycle: the rising fraction must be from 0 to 1, got {}", settings.rise);
  for (double divisor : {settings.first_divisor, settings.last_divisor})
    if (!(divisor >= 1 && std::isfinite(divisor)))
      retrograd::detail::fail("one_cycle: divisors must be at least 1, got {}", divisor);
  const double first = highest / settings.first_divisor, last = first / settings.last_divisor;
  const double top = settings.rise * static_cast<double>(steps) - 1, end = static_cast<double>(steps - 1);
  return from_zero("one_cycle", [=](std::int64_t step) {
    const auto at = static_cast<double>(step);
    if (at >= end && top < end) return last;
    if (at >= end) return highest;
    if (top > 0 && at <= top) return along_cosine(first, highest, at / top);
    return along_cosine(highest, last,
                        (at - top) / (end - top));  // the peak is before step 0 if the rise is shorter than a step
  });
}

}  // namespace retrograd::optim
