// Losses of one pair of inputs, with the float64 values of PyTorch 1.13.1.
#pragma once
#include <retrograd/retrograd.h>

#include <functional>
#include <vector>

namespace retrograd::tests {

/// 2 sin(phase), 2 sin(phase + 1), …: easy to compute in both programs.
Tensor sines(const Shape& shape, double phase);

inline const std::vector<double> kClassWeights = {0.5, 2.0, 1.25};

/// A loss of x = sines({4, 3}, 1) and y = sines({4, 3}, 0.5).
struct LossCase {
  const char* name;
  std::function<Tensor(const Tensor& x, const Tensor& y, nn::Reduction)> loss;
  std::vector<double> none;
  double mean;
  double tolerance = 1e-14;
};
std::vector<LossCase> loss_cases();

}  // namespace retrograd::tests
