// Newton's method on Rosenbrock's function: computes the full Hessian and solves for the step. Gradient descent needs
// thousands of steps here.
// Output:
//   step 0: f = 2.420e+01 at [-1.2  1. ]
//   step 1: f = 4.732e+00 at [-1.1752809   1.38067416]
//   step 2: f = 1.412e+03 at [ 0.76311487 -3.17503385]
//   step 3: f = 5.597e-02 at [0.76342968 0.58282478]
//   step 4: f = 3.132e-01 at [0.99999531 0.94402732]
//   step 5: f = 1.853e-11 at [0.9999957  0.99999139]
//   step 6: f = 3.433e-20 at [1.         1.        ]
#include <fmt/core.h>
#include <retrograd/retrograd.h>

namespace rg = retrograd;

// f(x, y) = (1 − x)² + 100·(y − x²)², with its minimum 0 at (1, 1)
rg::Tensor rosenbrock(const rg::Tensor& v) {
  const rg::Tensor x = v[0], y = v[1];
  return rg::square(1 - x) + 100 * rg::square(y - rg::square(x));
}

int main() {
  rg::Tensor v = rg::tensor({-1.2, 1.0}, rg::float64);
  for (int step = 0; step <= 6; ++step) {
    fmt::print("step {}: f = {:9.3e} at {}\n", step, rosenbrock(v).item<double>(), v);
    const rg::Tensor slope = rg::grad(rosenbrock)(v), curvature = rg::hessian(rosenbrock)(v);
    v = v - rg::solve(curvature, slope);
  }
}
