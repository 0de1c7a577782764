#include "cases.h"

namespace retrograd::bench {

Cases small_cases() {
  const Shape two{2};
  return {
      of_two("mul 2", two, two, [](const Tensor& a, const Tensor& b) { return a * b; }),
      of_numbers("sum 2", two, [](const Tensor& x) { return sum(x); }),
      of_numbers("max 2", two, [](const Tensor& x) { return max(x); }),
      {"where 2",
       [=] {
         const Tensor a = numbers(two), b = numbers(two), mask = a < 0;
         return [=]() -> Results { return {where(mask, a, b)}; };
       }},
      of_two("dot 2", two, two, [](const Tensor& a, const Tensor& b) { return dot(a, b); }),
      of_two("matmul 2x2", {2, 2}, {2, 2}, [](const Tensor& a, const Tensor& b) { return matmul(a, b); }),
      of_numbers("norm 2", two, [](const Tensor& x) { return norm(x); }),
      of_two("stack 2", two, two,
             [](const Tensor& a, const Tensor& b) {
               return stack({a, b});
             }),
      of_two("matrix - row 2x2", {2, 2}, two, [](const Tensor& a, const Tensor& b) { return a - b; }),
      of_numbers("grad sum(a*a) 2", two,
                 [](const Tensor& x) { return grad([](const Tensor& a) { return sum(a * a); })(x); }),
      of_numbers("grad dot 2", two, [](const Tensor& x) { return grad([](const Tensor& a) { return dot(a, a); })(x); }),
      of_numbers("grad max(where) 2", two,
                 [](const Tensor& x) { return grad([](const Tensor& a) { return max(where(a < 0, a, a * a)); })(x); }),
  };
}

}  // namespace retrograd::bench
