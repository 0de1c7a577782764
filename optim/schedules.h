// Schedules: learning rates as functions of the step, counted from 0, made by functions that check their settings once.
// They do not depend on optimizers: set `optimizer.rule.learning_rate = rate(optimizer.steps())` before each step, and
// a resumed run continues where it was. Any function of the step is a schedule.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

namespace retrograd::optim {

/// The learning rate at a step, from 0. The schedules made here throw an Error for a negative step.
using Schedule = std::function<double(std::int64_t step)>;

/// The same rate at every step.
Schedule constant(double rate);
/// Multiplied by `factor` after each `every` steps: rate·factor^⌊step/every⌋ (PyTorch's StepLR).
Schedule step(double rate, std::int64_t every, double factor = 0.1);
/// Multiplied by `factor` at each of these steps, which must be increasing (PyTorch's MultiStepLR).
Schedule multi_step(double rate, std::vector<std::int64_t> milestones, double factor = 0.1);
/// rate·factor^step (PyTorch's ExponentialLR).
Schedule exponential(double rate, double factor);
/// From rate to last over this many steps, then constant: last + (rate − last)·(1 − step/steps)^power (PyTorch's
/// PolynomialLR, where last is 0).
Schedule polynomial(double rate, std::int64_t steps, double power = 1, double last = 0);
/// From rate to last over this many steps along half a cosine, then constant: last + (rate − last)·(1 +
/// cos(π·step/steps))/2 (Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, eq.
/// 5; PyTorch's CosineAnnealingLR up to its first minimum).
Schedule cosine(double rate, std::int64_t steps, double last = 0);
/// `first` for this many steps, then `then`, which counts its steps from 0 (PyTorch's SequentialLR). Chains can be
/// chained.
Schedule chain(Schedule first, std::int64_t steps, Schedule then);
/// Linearly from start·after(0) to after(0) over this many steps, then `after`, which counts its steps from 0
/// (PyTorch's LinearLR before it in a SequentialLR).
Schedule warm_up(std::int64_t steps, Schedule after, double start = 0);

/// The settings of one_cycle.
struct OneCycle {
  double rise = 0.3;            ///< the fraction of the steps that rises, from 0 to 1
  double first_divisor = 25;    ///< the first rate is the highest divided by this; at least 1
  double last_divisor = 10000;  ///< the last rate is the first divided by this; at least 1
};
/// Up to the highest rate and down to almost zero within this many steps, at least 2, each along half a cosine, then
/// constant (Smith and Topin, "Super-convergence", 2018; PyTorch's OneCycleLR with two phases).
Schedule one_cycle(double highest, std::int64_t steps, const OneCycle& settings = {});

}  // namespace retrograd::optim
