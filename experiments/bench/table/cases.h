// The cases of the table, written as a user of the public API would write them: element loops, reductions, indexing,
// gradients, small ops, layers, optimizers, linear algebra, higher derivatives. float32 unless the name says otherwise.
// A case returns what it computed, so that its bits can be compared between numbers of threads.
#pragma once
#include <retrograd/retrograd.h>

#include <functional>
#include <string>
#include <vector>

namespace retrograd::bench {

using Results = std::vector<Tensor>;
struct Case {
  std::string name;
  std::function<std::function<Results()>()> prepare;
};
using Cases = std::vector<Case>;

Cases elementwise_cases();
Cases reduction_cases();
Cases shape_cases();
Cases small_cases();
Cases layer_cases();
Cases training_cases();
Cases linalg_cases();

/// Uniform numbers of this shape, the same in every run.
inline Tensor numbers(const Shape& shape, double low = -1, double high = 1, Dtype dtype = float32) {
  Rng rng(1);
  return uniform(shape, low, high, rng, dtype);
}
/// f of such numbers.
template <class F>
Case of_numbers(std::string name, const Shape& shape, F f, double low = -1, double high = 1) {
  return {std::move(name), [=] {
            const Tensor x = numbers(shape, low, high);
            return [=]() -> Results { return {f(x)}; };
          }};
}
/// f of two such tensors.
template <class F>
Case of_two(std::string name, const Shape& first, const Shape& second, F f, double low = -1, double high = 1) {
  return {std::move(name), [=] {
            const Tensor a = numbers(first, low, high), b = numbers(second, low, high);
            return [=]() -> Results { return {f(a, b)}; };
          }};
}
/// The gradient of sum(f(x)).
template <class F>
Case gradient_of(std::string name, const Shape& shape, F f, double low = -1, double high = 1) {
  return of_numbers(
      std::move(name), shape, [=](const Tensor& x) { return grad([&](const Tensor& at) { return sum(f(at)); })(x); },
      low, high);
}

}  // namespace retrograd::bench
