#include "cases.h"

namespace retrograd::bench {

Cases reduction_cases() {
  const Shape flat{1'000'000}, square{1000, 1000};
  return {
      of_numbers("sum 1M", flat, [](const Tensor& x) { return sum(x); }),
      of_numbers("sum axis 0", square, [](const Tensor& x) { return sum(x, 0); }),
      of_numbers("sum axis 1", square, [](const Tensor& x) { return sum(x, 1); }),
      of_numbers("mean axis 0", square, [](const Tensor& x) { return mean(x, 0); }),
      of_numbers(
          "prod axis 1", square, [](const Tensor& x) { return prod(x, 1); }, 0.9, 1.1),
      of_numbers("max axis 0", square, [](const Tensor& x) { return max(x, 0); }),
      of_numbers("max axis 1", square, [](const Tensor& x) { return max(x, 1); }),
      of_numbers("norm 1M", flat, [](const Tensor& x) { return norm(x); }),
      of_numbers("var axis 1", square, [](const Tensor& x) { return var(x, 1); }),
      of_numbers("logsumexp axis 1", square, [](const Tensor& x) { return logsumexp(x, 1); }),
      of_numbers("argmax axis 1", square, [](const Tensor& x) { return argmax(x, 1); }),
      of_numbers("cumsum axis 0", square, [](const Tensor& x) { return cumsum(x, 0); }),
      of_numbers("cumsum axis 1", square, [](const Tensor& x) { return cumsum(x, 1); }),
      of_numbers("sort axis 1", square, [](const Tensor& x) { return sort(x, 1); }),
      of_numbers("topk 10 axis 1", square, [](const Tensor& x) { return topk(x, 10, 1).values; }),
      of_numbers("softmax axis 1", square, [](const Tensor& x) { return softmax(x, 1); }),
      gradient_of("grad sum", flat, [](const Tensor& x) { return sum(x); }),
      gradient_of("grad max axis 1", square, [](const Tensor& x) { return max(x, 1); }),
      gradient_of("grad logsumexp 1M", flat, [](const Tensor& x) { return logsumexp(x); }),
      gradient_of("grad norm axis 1", square, [](const Tensor& x) { return norm(x, 2, 1); }),
      gradient_of("grad softmax", square, [](const Tensor& x) { return retrograd::square(softmax(x, 1)); }),
      gradient_of(
          "grad gelu 1M", flat, [](const Tensor& x) { return gelu(x); }, -3, 3),
      gradient_of(
          "grad tanh * x 1M", flat, [](const Tensor& x) { return tanh(x) * x; }, -3, 3),
  };
}

}  // namespace retrograd::bench
