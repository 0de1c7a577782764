#include "cases.h"

namespace retrograd::bench {
namespace {

Tensor positions(const Shape& shape, std::int64_t below) {
  Rng rng(2);
  return randint(shape, 0, below, rng);
}
/// f of numbers and of positions.
template <class F>
Case by_index(std::string name, const Shape& shape, const Shape& indices, std::int64_t below, F f) {
  return {std::move(name), [=] {
            const Tensor x = numbers(shape), at = positions(indices, below);
            return [=]() -> Results { return {f(x, at)}; };
          }};
}

}  // namespace

Cases shape_cases() {
  const Shape square{1000, 1000}, table{10000, 64};
  const std::int64_t rows = 10000;
  return {
      of_numbers("transpose, contiguous", square, [](const Tensor& x) { return contiguous(transpose(x)); }),
      of_numbers("permute, contiguous", {64, 128, 128},
                 [](const Tensor& x) {
                   return contiguous(transpose(x, {1, 2, 0}));
                 }),
      of_numbers("slice + 1", square, [](const Tensor& x) { return x(range(), range(1, 999)) + 1; }),
      of_numbers("flip", square, [](const Tensor& x) { return contiguous(flip(x, 1)); }),
      of_two("concatenate", square, square,
             [](const Tensor& a, const Tensor& b) {
               return concatenate({a, b}, 1);
             }),
      of_two("stack", square, square,
             [](const Tensor& a, const Tensor& b) {
               return stack({a, b}, 0);
             }),
      of_numbers("pad", square,
                 [](const Tensor& x) {
                   return pad(x, {{1, 1}, {1, 1}});
                 }),
      by_index("take rows", table, {4096}, rows, [](const Tensor& x, const Tensor& at) { return take(x, at, 0); }),
      by_index("take axis 1", square, {500}, 1000, [](const Tensor& x, const Tensor& at) { return take(x, at, 1); }),
      by_index("gather axis 1", square, {1000, 500}, 1000,
               [](const Tensor& x, const Tensor& at) { return take_along_axis(x, at, 1); }),
      {"scatter_add axis 0",
       [=] {
         const Tensor x = numbers(table), at = positions({4096, 64}, rows), source = numbers({4096, 64});
         return [=]() -> Results { return {scatter_add(x, at, source, 0)}; };
       }},
      by_index("grad embedding", table, {4096}, rows,
               [](const Tensor& x, const Tensor& at) {
                 return grad([&](const Tensor& t) { return sum(retrograd::square(take(t, at, 0))); })(x);
               }),
      gradient_of("grad concatenate", square,
                  [](const Tensor& x) {
                    return retrograd::square(concatenate({x, x}, 1));
                  }),
      gradient_of("grad stack", square,
                  [](const Tensor& x) {
                    return retrograd::square(stack({x, x}, 0));
                  }),
      gradient_of("grad pad", square,
                  [](const Tensor& x) {
                    return retrograd::square(pad(x, {{1, 1}, {1, 1}}));
                  }),
      of_two("grad bias", square, {1000},
             [](const Tensor& x, const Tensor& b) {
               return grad([&](const Tensor& bias) { return sum(retrograd::square(x + bias)); })(b);
             }),
      gradient_of("grad slice", square, [](const Tensor& x) { return retrograd::square(x(range(), range(1, 999))); }),
  };
}

}  // namespace retrograd::bench
