#include "cases.h"

namespace retrograd::bench {
namespace {

/// A positive definite matrix.
Tensor definite(std::int64_t n) {
  const Tensor a = numbers({n, n});
  return matmul(a, transpose(a)) + static_cast<double>(n) * eye(n, n);
}
template <class F>
Case of_definite(std::string name, std::int64_t n, F f) {
  return {std::move(name), [=] {
            const Tensor a = definite(n);
            return [=]() -> Results { return {f(a)}; };
          }};
}

/// Σ 100 (x₂ − x₁²)² + (1 − x₁)² along the vector.
Tensor rosenbrock(const Tensor& x) {
  const std::int64_t n = x.shape()[0];
  const Tensor head = x(range(0, n - 1)), tail = x(range(1, n));
  return sum(100 * square(tail - square(head)) + square(1 - head));
}

/// Log-likelihood of a mixture of k Gaussians with diagonal precisions, by log-sum-exp over the components.
Tensor mixture(const Tensor& weights, const Tensor& means, const Tensor& log_scales, const Tensor& points) {
  const Tensor scaled = (expand_dims(points, 1) - means) * exp(log_scales);  // (n, k, d)
  const Tensor exponents = weights + sum(log_scales, 1) - 0.5 * sum(square(scaled), 2);
  return sum(logsumexp(exponents, 1)) - 1000.0 * logsumexp(weights);
}
struct Mixture {
  Tensor weights, means, log_scales;
  static void fields(auto& self, auto&& visit) {
    visit("weights", self.weights);
    visit("means", self.means);
    visit("log_scales", self.log_scales);
  }
};

/// Σ over points of the squared distance to the nearest of the centers.
Tensor k_means(const Tensor& points, const Tensor& centers) {
  const Tensor distances =
      sum(square(points), 1, true) + sum(square(centers), 1) - 2 * matmul(points, transpose(centers));
  return sum(min(distances, 1));
}

/// The energy of three bodies in the plane, positions (3, 2).
Tensor potential(const Tensor& x) {
  Tensor energy = zeros({});
  for (const auto& [i, j] : {std::pair{0, 1}, std::pair{0, 2}, std::pair{1, 2}})
    energy = energy - 1 / sqrt(sum(square(x[i] - x[j])) + 0.01);
  return energy;
}

}  // namespace

Cases linalg_cases() {
  return {
      of_two("matmul 512", {512, 512}, {512, 512}, [](const Tensor& a, const Tensor& b) { return matmul(a, b); }),
      of_two("matmul 64 of 64x64", {64, 64, 64}, {64, 64, 64},
             [](const Tensor& a, const Tensor& b) { return matmul(a, b); }),
      of_definite("cholesky 200", 200, [](const Tensor& a) { return cholesky(a); }),
      of_definite("solve 200", 200, [](const Tensor& a) { return solve(a, a[0]); }),
      of_definite("inverse 200", 200, [](const Tensor& a) { return inverse(a); }),
      of_definite("grad det 50", 50,
                  [](const Tensor& a) { return grad([](const Tensor& at) { return slogdet(at).logabsdet; })(a); }),
      of_numbers("Rosenbrock Hessian 200", {200}, [](const Tensor& x) { return hessian(rosenbrock)(x); }),
      {"Gaussian mixture gradient",
       [] {
         const Tensor points = numbers({1000, 10});
         const Mixture model{numbers({25}), numbers({25, 10}), numbers({25, 10}, -0.5, 0.5)};
         return [=]() -> Results {
           const auto gradients =
               grad([&](const Mixture& m) { return mixture(m.weights, m.means, m.log_scales, points); })(model);
           return {gradients[model.weights], gradients[model.means], gradients[model.log_scales]};
         };
       }},
      {"Gaussian mixture objective",
       [] {
         const Tensor points = numbers({1000, 10}), weights = numbers({25}), means = numbers({25, 10}),
                      scales = numbers({25, 10}, -0.5, 0.5);
         return [=]() -> Results { return {mixture(weights, means, scales, points)}; };
       }},
      {"k-means second derivative",
       [] {
         const Tensor points = numbers({10000, 2}), centers = numbers({100, 2}), along = ones({100, 2});
         return [=]() -> Results { return {hvp([&](const Tensor& c) { return k_means(points, c); }, centers, along)}; };
       }},
      {"three bodies through gradients",
       [] {
         const Tensor start = numbers({3, 2});
         return [=]() -> Results {
           return {grad([](const Tensor& at) {
             Tensor x = at, v = zeros({3, 2});
             for (int step = 0; step < 10; ++step) {
               v = v - 0.01 * grad(potential)(x);
               x = x + 0.01 * v;
             }
             return sum(square(x));
           })(start)};
         };
       }},
  };
}

}  // namespace retrograd::bench
