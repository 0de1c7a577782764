// What can be timed: something that does its work once when asked. Ours are written against the public API as a user
// would; the floor is nothing but the matrix products of the same work, by OpenBLAS with as many threads as it is
// given. Invariant: `repeat` leaves a contender ready to be repeated. Refuses to know: clocks.
#pragma once
#include <functional>

#include "workloads.h"

namespace retrograd::bench {

using Repeat = std::function<void()>;

/// `steps` training steps of the workload with our engine.
Repeat our_training(const Training& work, const tools::Dataset& samples);
/// One chain with our engine: forward, backward.
Repeat our_chain(const Chain& work);
/// The sgemm calls of `steps` steps: Y = X·W, dW = Xᵀ·dY, and dX = dY·Wᵀ where X is not the input; weights (in, out).
Repeat floor_of(const Training& work, std::int64_t steps, int threads);

/// The eight cases of the paper, so many epochs of each with its evaluation, as parallel jobs: trained by the program
/// `experiments`, and only their products, the evaluations' included, each job with one BLAS thread.
Repeat our_cases(const tools::MnistSets& sets, std::int64_t epochs, std::size_t jobs);
Repeat floor_of_cases(std::int64_t epochs, std::size_t jobs);

}  // namespace retrograd::bench
