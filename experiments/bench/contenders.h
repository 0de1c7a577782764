// The contenders of a benchmark: functions that do their work once per call. Ours use the public API as a user would;
// the floor consists only of the matrix products of the same work, by OpenBLAS with the given number of threads.
// Invariant: after `repeat` a contender can be repeated. Does not depend on clocks.
#pragma once
#include <functional>

#include "workloads.h"

namespace retrograd::bench {

using Repeat = std::function<void()>;

/// `steps` training steps of the workload with our engine.
Repeat our_training(const Training& work, const tools::Dataset& samples);
/// One chain with our engine, forward and backward.
Repeat our_chain(const Chain& work);
/// The sgemm calls of `steps` steps: Y = X·W, dW = Xᵀ·dY, and dX = dY·Wᵀ where X is not the input; weights (in, out).
Repeat floor_of(const Training& work, std::int64_t steps, int threads);

/// The eight cases of the paper, each with this many epochs and its evaluation, as parallel jobs: trained by the
/// program `experiments`; or only their products, including those of the evaluations, each job with one BLAS thread.
Repeat our_cases(const tools::MnistSets& sets, std::int64_t epochs, std::size_t jobs);
Repeat floor_of_cases(std::int64_t epochs, std::size_t jobs);

}  // namespace retrograd::bench
