#include "cases.h"

namespace retrograd::bench {

Cases elementwise_cases() {
  const Shape flat{1'000'000}, square{1000, 1000};
  Cases cases = {
      of_two("add 1M", flat, flat, [](const Tensor& a, const Tensor& b) { return a + b; }),
      of_numbers("relu 1M", flat, [](const Tensor& x) { return relu(x); }),
      of_numbers("exp 1M", flat, [](const Tensor& x) { return exp(x); }),
      of_numbers(
          "log 1M", flat, [](const Tensor& x) { return log(x); }, 0.1, 10),
      of_numbers(
          "sin 1M", flat, [](const Tensor& x) { return sin(x); }, -10, 10),
      of_numbers(
          "tanh 1M", flat, [](const Tensor& x) { return tanh(x); }, -3, 3),
      of_numbers(
          "sigmoid 1M", flat, [](const Tensor& x) { return sigmoid(x); }, -3, 3),
      of_numbers(
          "gelu 1M", flat, [](const Tensor& x) { return gelu(x); }, -3, 3),
      of_numbers(
          "erf 1M", flat, [](const Tensor& x) { return erf(x); }, -3, 3),
      of_two("atan2 1M", flat, flat, [](const Tensor& a, const Tensor& b) { return atan2(a, b); }),
      of_two(
          "pow 1M", flat, flat, [](const Tensor& a, const Tensor& b) { return pow(a, b); }, 0.1, 3),
      of_numbers(
          "lgamma 1M", flat, [](const Tensor& x) { return lgamma(x); }, 0.1, 20),
      of_numbers(
          "digamma 1M", flat, [](const Tensor& x) { return digamma(x); }, 0.1, 20),
      of_numbers(
          "softplus 1M", flat, [](const Tensor& x) { return softplus(x); }, -5, 5),
      of_numbers(
          "mish 1M", flat, [](const Tensor& x) { return mish(x); }, -5, 5),
      of_numbers("asin 1M", flat, [](const Tensor& x) { return asin(x); }),
      of_two("where 1M", flat, flat, [](const Tensor& a, const Tensor& b) { return where(a < b, a, 0); }),
      of_two("maximum 1M", flat, flat, [](const Tensor& a, const Tensor& b) { return maximum(a, b); }),
      of_numbers("clip 1M", flat, [](const Tensor& x) { return clip(x, -0.5, 0.5); }),
      of_numbers("astype float64 1M", flat, [](const Tensor& x) { return astype(x, float64); }),
      of_two("matrix + row", square, {1000}, [](const Tensor& a, const Tensor& b) { return a + b; }),
      of_two("matrix * column", square, {1000, 1}, [](const Tensor& a, const Tensor& b) { return a * b; }),
      of_numbers("x + transpose(x)", square, [](const Tensor& x) { return x + transpose(x); }),
      of_numbers("exp 4K", {4096}, [](const Tensor& x) { return exp(x); }),
      of_numbers(
          "tanh 4K", {4096}, [](const Tensor& x) { return tanh(x); }, -3, 3),
      of_numbers(
          "gelu 4K", {4096}, [](const Tensor& x) { return gelu(x); }, -3, 3),
      of_numbers(
          "erf 4K", {4096}, [](const Tensor& x) { return erf(x); }, -3, 3),
      of_two("atan2 4K", {4096}, {4096}, [](const Tensor& a, const Tensor& b) { return atan2(a, b); }),
      of_two(
          "pow 4K", {4096}, {4096}, [](const Tensor& a, const Tensor& b) { return pow(a, b); }, 0.1, 3),
  };
  cases.push_back({"exp float64 1M", [] {
                     const Tensor x = numbers({1'000'000}, -1, 1, float64);
                     return [=]() -> Results { return {exp(x)}; };
                   }});
  cases.push_back({"uniform 1M", [] {
                     return []() -> Results {
                       Rng rng(1);
                       return {uniform({1'000'000}, 0, 1, rng)};
                     };
                   }});
  cases.push_back({"normal 1M", [] {
                     return []() -> Results {
                       Rng rng(1);
                       return {normal({1'000'000}, 0, 1, rng)};
                     };
                   }});
  return cases;
}

}  // namespace retrograd::bench
