// Derivatives of a function: gradient and Hessian, the same gradient by an explicit tape, and a third derivative. The
// order of a derivative is the depth of the nesting.
// Output:
//   f        18.3207547
//   gradient [ 2.47308191  5.43656366 22.1671683 ]
//   hessian  [[ 4.12180318  0.          0.        ]
//    [ 0.          8.15484549  0.        ]
//    [ 0.          0.         29.5562244 ]]
//   tape     [ 2.47308191  5.43656366 22.1671683 ]
//   d3/dx3 sin(x) = -cos(x) at 0.7, to 1e-14: true
#include <fmt/core.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace rg = retrograd;

int main() {
  const rg::Tensor x = rg::tensor({0.5, 1.0, 2.0}, rg::float64);
  const auto f = [](const rg::Tensor& v) { return rg::sum(v * rg::exp(v)); };
  fmt::print("f        {}\n", f(x));
  fmt::print("gradient {}\n", rg::grad(f)(x));     // (x + 1) exp(x)
  fmt::print("hessian  {}\n", rg::hessian(f)(x));  // diag((x + 2) exp(x))

  rg::Tape tape;
  tape.watch(x);
  const rg::Tensor y = f(x);
  const rg::Gradients gradients = tape.gradients(y);
  fmt::print("tape     {}\n", gradients[x]);

  const auto third = rg::grad(rg::grad(rg::grad([](const rg::Tensor& v) { return rg::sin(v); })));
  const double value = third(rg::tensor(0.7, rg::float64)).item<double>();
  fmt::print("d3/dx3 sin(x) = -cos(x) at 0.7, to 1e-14: {}\n", std::abs(value + std::cos(0.7)) < 1e-14);
}
