// Newton's method: the Hessian of Rosenbrock's function, whole, and the step that solves it. Gradient descent needs
// thousands of steps here.
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
