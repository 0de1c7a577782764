// The same cases with libtorch, eager, under the same names.
#pragma once
#include <torch/torch.h>

#include "clock.h"

namespace bench_table {

using Cases = std::vector<Timed>;
Cases torch_functions();
Cases torch_networks();

inline torch::Tensor numbers(torch::IntArrayRef shape, double low = -1, double high = 1,
                             torch::Dtype dtype = torch::kFloat) {
  torch::manual_seed(1);
  return torch::empty(shape, dtype).uniform_(low, high);
}
inline torch::Tensor variable(torch::IntArrayRef shape, double low = -1, double high = 1) {
  return numbers(shape, low, high).requires_grad_();
}

using Shape = std::vector<std::int64_t>;

/// f of numbers, without a graph.
template <class F>
Timed of_numbers(std::string name, Shape shape, F f, double low = -1, double high = 1) {
  return {std::move(name), [=]() -> std::function<void()> {
            const torch::Tensor x = numbers(shape, low, high);
            return [=] {
              const torch::NoGradGuard none;
              f(x);
            };
          }};
}
template <class F>
Timed of_two(std::string name, Shape first, Shape second, F f, double low = -1, double high = 1) {
  return {std::move(name), [=]() -> std::function<void()> {
            const torch::Tensor a = numbers(first, low, high), b = numbers(second, low, high);
            return [=] {
              const torch::NoGradGuard none;
              f(a, b);
            };
          }};
}
/// The gradient of the sum of f.
template <class F>
Timed gradient_of(std::string name, Shape shape, F f, double low = -1, double high = 1) {
  return {std::move(name), [=]() -> std::function<void()> {
            const torch::Tensor x = variable(shape, low, high);
            return [=] { torch::autograd::grad({f(x).sum()}, {x}); };
          }};
}

}  // namespace bench_table
