#include "torch_cases.h"

namespace bench_table {
namespace {

using torch::Tensor;

Cases elementwise() {
  const Shape flat{1'000'000}, square{1000, 1000};
  Cases cases = {
      of_two("add 1M", flat, flat, [](const Tensor& a, const Tensor& b) { return a + b; }),
      of_numbers("relu 1M", flat, [](const Tensor& x) { return torch::relu(x); }),
      of_numbers("exp 1M", flat, [](const Tensor& x) { return torch::exp(x); }),
      of_numbers(
          "log 1M", flat, [](const Tensor& x) { return torch::log(x); }, 0.1, 10),
      of_numbers(
          "sin 1M", flat, [](const Tensor& x) { return torch::sin(x); }, -10, 10),
      of_numbers(
          "tanh 1M", flat, [](const Tensor& x) { return torch::tanh(x); }, -3, 3),
      of_numbers(
          "sigmoid 1M", flat, [](const Tensor& x) { return torch::sigmoid(x); }, -3, 3),
      of_numbers(
          "gelu 1M", flat, [](const Tensor& x) { return torch::gelu(x); }, -3, 3),
      of_numbers(
          "erf 1M", flat, [](const Tensor& x) { return torch::erf(x); }, -3, 3),
      of_two("atan2 1M", flat, flat, [](const Tensor& a, const Tensor& b) { return torch::atan2(a, b); }),
      of_two(
          "pow 1M", flat, flat, [](const Tensor& a, const Tensor& b) { return torch::pow(a, b); }, 0.1, 3),
      of_numbers(
          "lgamma 1M", flat, [](const Tensor& x) { return torch::lgamma(x); }, 0.1, 20),
      of_numbers(
          "digamma 1M", flat, [](const Tensor& x) { return torch::digamma(x); }, 0.1, 20),
      of_numbers(
          "softplus 1M", flat, [](const Tensor& x) { return torch::softplus(x); }, -5, 5),
      of_numbers(
          "mish 1M", flat, [](const Tensor& x) { return torch::mish(x); }, -5, 5),
      of_numbers("asin 1M", flat, [](const Tensor& x) { return torch::asin(x); }),
      of_two("where 1M", flat, flat, [](const Tensor& a, const Tensor& b) { return torch::where(a < b, a, 0.f); }),
      of_two("maximum 1M", flat, flat, [](const Tensor& a, const Tensor& b) { return torch::maximum(a, b); }),
      of_numbers("clip 1M", flat, [](const Tensor& x) { return torch::clamp(x, -0.5, 0.5); }),
      of_numbers("astype float64 1M", flat, [](const Tensor& x) { return x.to(torch::kDouble); }),
      of_two("matrix + row", square, {1000}, [](const Tensor& a, const Tensor& b) { return a + b; }),
      of_two("matrix * column", square, {1000, 1}, [](const Tensor& a, const Tensor& b) { return a * b; }),
      of_numbers("x + transpose(x)", square, [](const Tensor& x) { return x + x.t(); }),
      of_numbers("exp 4K", {4096}, [](const Tensor& x) { return torch::exp(x); }),
      of_numbers(
          "tanh 4K", {4096}, [](const Tensor& x) { return torch::tanh(x); }, -3, 3),
      of_numbers(
          "gelu 4K", {4096}, [](const Tensor& x) { return torch::gelu(x); }, -3, 3),
      of_numbers(
          "erf 4K", {4096}, [](const Tensor& x) { return torch::erf(x); }, -3, 3),
      of_two("atan2 4K", {4096}, {4096}, [](const Tensor& a, const Tensor& b) { return torch::atan2(a, b); }),
      of_two(
          "pow 4K", {4096}, {4096}, [](const Tensor& a, const Tensor& b) { return torch::pow(a, b); }, 0.1, 3),
  };
  cases.push_back({"exp float64 1M", []() -> std::function<void()> {
                     const Tensor x = numbers({1'000'000}, -1, 1, torch::kDouble);
                     return [=] { torch::exp(x); };
                   }});
  cases.push_back({"uniform 1M", []() -> std::function<void()> { return [] { torch::rand({1'000'000}); }; }});
  cases.push_back({"normal 1M", []() -> std::function<void()> { return [] { torch::randn({1'000'000}); }; }});
  return cases;
}

Cases reductions() {
  const Shape flat{1'000'000}, square{1000, 1000};
  return {
      of_numbers("sum 1M", flat, [](const Tensor& x) { return x.sum(); }),
      of_numbers("sum axis 0", square, [](const Tensor& x) { return x.sum(0); }),
      of_numbers("sum axis 1", square, [](const Tensor& x) { return x.sum(1); }),
      of_numbers("mean axis 0", square, [](const Tensor& x) { return x.mean(0); }),
      of_numbers(
          "prod axis 1", square, [](const Tensor& x) { return x.prod(1); }, 0.9, 1.1),
      of_numbers("max axis 0", square, [](const Tensor& x) { return x.amax(0); }),
      of_numbers("max axis 1", square, [](const Tensor& x) { return x.amax(1); }),
      of_numbers("norm 1M", flat, [](const Tensor& x) { return x.norm(); }),
      of_numbers("var axis 1", square, [](const Tensor& x) { return x.var(1, false); }),
      of_numbers("logsumexp axis 1", square, [](const Tensor& x) { return torch::logsumexp(x, 1); }),
      of_numbers("argmax axis 1", square, [](const Tensor& x) { return x.argmax(1); }),
      of_numbers("cumsum axis 0", square, [](const Tensor& x) { return x.cumsum(0); }),
      of_numbers("cumsum axis 1", square, [](const Tensor& x) { return x.cumsum(1); }),
      of_numbers("sort axis 1", square, [](const Tensor& x) { return std::get<0>(x.sort(1)); }),
      of_numbers("topk 10 axis 1", square, [](const Tensor& x) { return std::get<0>(x.topk(10, 1)); }),
      of_numbers("softmax axis 1", square, [](const Tensor& x) { return x.softmax(1); }),
      gradient_of("grad sum", flat, [](const Tensor& x) { return x.sum(); }),
      gradient_of("grad max axis 1", square, [](const Tensor& x) { return x.amax(1); }),
      gradient_of("grad logsumexp 1M", flat, [](const Tensor& x) { return torch::logsumexp(x, 0); }),
      gradient_of("grad norm axis 1", square, [](const Tensor& x) { return x.norm(2, 1); }),
      gradient_of("grad softmax", square, [](const Tensor& x) { return x.softmax(1).square(); }),
      gradient_of(
          "grad gelu 1M", flat, [](const Tensor& x) { return torch::gelu(x); }, -3, 3),
      gradient_of(
          "grad tanh * x 1M", flat, [](const Tensor& x) { return torch::tanh(x) * x; }, -3, 3),
  };
}

Tensor positions(torch::IntArrayRef shape, std::int64_t below) { return torch::randint(below, shape, torch::kLong); }
template <class F>
Timed by_index(std::string name, Shape shape, Shape indices, std::int64_t below, F f) {
  return {std::move(name), [=]() -> std::function<void()> {
            const Tensor x = numbers(shape), at = positions(indices, below);
            return [=] { f(x, at); };
          }};
}

Cases shapes() {
  const Shape square{1000, 1000}, table{10000, 64};
  return {
      of_numbers("transpose, contiguous", square, [](const Tensor& x) { return x.t().contiguous(); }),
      of_numbers("permute, contiguous", {64, 128, 128},
                 [](const Tensor& x) {
                   return x.permute({1, 2, 0}).contiguous();
                 }),
      of_numbers("slice + 1", square, [](const Tensor& x) { return x.slice(1, 1, 999) + 1; }),
      of_numbers("flip", square, [](const Tensor& x) { return x.flip(1); }),
      of_two("concatenate", square, square,
             [](const Tensor& a, const Tensor& b) {
               return torch::cat({a, b}, 1);
             }),
      of_two("stack", square, square,
             [](const Tensor& a, const Tensor& b) {
               return torch::stack({a, b});
             }),
      of_numbers("pad", square,
                 [](const Tensor& x) {
                   return torch::constant_pad_nd(x, {1, 1, 1, 1});
                 }),
      by_index("take rows", table, {4096}, 10000,
               [](const Tensor& x, const Tensor& at) { return x.index_select(0, at); }),
      by_index("take axis 1", square, {500}, 1000,
               [](const Tensor& x, const Tensor& at) { return x.index_select(1, at); }),
      by_index("gather axis 1", square, {1000, 500}, 1000,
               [](const Tensor& x, const Tensor& at) { return x.gather(1, at); }),
      {"scatter_add axis 0",
       [=]() -> std::function<void()> {
         const Tensor x = numbers(table), at = positions({4096, 64}, 10000), source = numbers({4096, 64});
         return [=] { x.scatter_add(0, at, source); };
       }},
      {"grad embedding",
       [=]() -> std::function<void()> {
         const Tensor x = variable(table), at = positions({4096}, 10000);
         return [=] { torch::autograd::grad({torch::embedding(x, at).square().sum()}, {x}); };
       }},
      gradient_of("grad concatenate", square,
                  [](const Tensor& x) {
                    return torch::cat({x, x}, 1).square();
                  }),
      gradient_of("grad stack", square,
                  [](const Tensor& x) {
                    return torch::stack({x, x}).square();
                  }),
      gradient_of("grad pad", square,
                  [](const Tensor& x) {
                    return torch::constant_pad_nd(x, {1, 1, 1, 1}).square();
                  }),
      {"grad bias",
       [=]() -> std::function<void()> {
         const Tensor x = numbers(square), b = variable({1000});
         return [=] { torch::autograd::grad({(x + b).square().sum()}, {b}); };
       }},
      gradient_of("grad slice", square, [](const Tensor& x) { return x.slice(1, 1, 999).square(); }),
  };
}

Cases small() {
  const Shape two{2};
  return {
      of_two("mul 2", two, two, [](const Tensor& a, const Tensor& b) { return a * b; }),
      of_numbers("sum 2", two, [](const Tensor& x) { return x.sum(); }),
      of_numbers("max 2", two, [](const Tensor& x) { return x.amax(); }),
      of_two("where 2", two, two, [](const Tensor& a, const Tensor& b) { return torch::where(a < 0, a, b); }),
      of_two("dot 2", two, two, [](const Tensor& a, const Tensor& b) { return torch::dot(a, b); }),
      of_two("matmul 2x2", {2, 2}, {2, 2}, [](const Tensor& a, const Tensor& b) { return torch::matmul(a, b); }),
      of_numbers("norm 2", two, [](const Tensor& x) { return x.norm(); }),
      of_two("stack 2", two, two,
             [](const Tensor& a, const Tensor& b) {
               return torch::stack({a, b});
             }),
      of_two("matrix - row 2x2", {2, 2}, two, [](const Tensor& a, const Tensor& b) { return a - b; }),
      gradient_of("grad sum(a*a) 2", two, [](const Tensor& a) { return a * a; }),
      gradient_of("grad dot 2", two, [](const Tensor& a) { return torch::dot(a, a); }),
      gradient_of("grad max(where) 2", two, [](const Tensor& a) { return torch::where(a < 0, a, a * a).amax(); }),
  };
}

Tensor definite(std::int64_t n) {
  const Tensor a = numbers({n, n});
  return a.matmul(a.t()) + static_cast<double>(n) * torch::eye(n);
}
template <class F>
Timed of_definite(std::string name, std::int64_t n, F f) {
  return {std::move(name), [=]() -> std::function<void()> {
            const Tensor a = definite(n);
            return [=] { f(a); };
          }};
}

Tensor rosenbrock(const Tensor& x) {
  const std::int64_t n = x.size(0);
  const Tensor head = x.slice(0, 0, n - 1), tail = x.slice(0, 1, n);
  return (100 * (tail - head.square()).square() + (1 - head).square()).sum();
}
Tensor mixture(const Tensor& weights, const Tensor& means, const Tensor& log_scales, const Tensor& points) {
  const Tensor scaled = (points.unsqueeze(1) - means) * log_scales.exp();
  const Tensor exponents = weights + log_scales.sum(1) - 0.5 * scaled.square().sum(2);
  return torch::logsumexp(exponents, 1).sum() - 1000.0 * torch::logsumexp(weights, 0);
}
Tensor k_means(const Tensor& points, const Tensor& centers) {
  const Tensor distances = points.square().sum(1, true) + centers.square().sum(1) - 2 * points.matmul(centers.t());
  return distances.amin(1).sum();
}
Tensor potential(const Tensor& x) {
  Tensor energy = torch::zeros({});
  for (const auto& [i, j] : {std::pair{0, 1}, std::pair{0, 2}, std::pair{1, 2}})
    energy = energy - 1 / ((x[i] - x[j]).square().sum() + 0.01).sqrt();
  return energy;
}
Tensor slope(const Tensor& y, const Tensor& x) { return torch::autograd::grad({y}, {x}, {}, {}, true)[0]; }

Cases linalg() {
  const Shape matrix{512, 512}, batch{64, 64, 64};
  return {
      of_two("matmul 512", matrix, matrix, [](const Tensor& a, const Tensor& b) { return torch::matmul(a, b); }),
      of_two("matmul 64 of 64x64", batch, batch, [](const Tensor& a, const Tensor& b) { return torch::matmul(a, b); }),
      of_definite("cholesky 200", 200, [](const Tensor& a) { return torch::linalg_cholesky(a); }),
      of_definite("solve 200", 200, [](const Tensor& a) { return torch::linalg_solve(a, a[0]); }),
      of_definite("inverse 200", 200, [](const Tensor& a) { return torch::linalg_inv(a); }),
      of_definite("grad det 50", 50,
                  [](const Tensor& a) {
                    const Tensor at = a.detach().requires_grad_();
                    return slope(std::get<1>(torch::linalg_slogdet(at)), at);
                  }),
      {"Rosenbrock Hessian 200",
       []() -> std::function<void()> {
         const Tensor x = variable({200});
         return [=] {
           const Tensor g = slope(rosenbrock(x), x);
           std::vector<Tensor> rows;
           for (std::int64_t i = 0; i < 200; ++i) rows.push_back(torch::autograd::grad({g[i]}, {x}, {}, true)[0]);
           torch::stack(rows);
         };
       }},
      {"Gaussian mixture gradient",
       []() -> std::function<void()> {
         const Tensor points = numbers({1000, 10}), weights = variable({25}), means = variable({25, 10}),
                      scales = variable({25, 10}, -0.5, 0.5);
         return [=] { torch::autograd::grad({mixture(weights, means, scales, points)}, {weights, means, scales}); };
       }},
      {"Gaussian mixture objective",
       []() -> std::function<void()> {
         const Tensor points = numbers({1000, 10}), weights = numbers({25}), means = numbers({25, 10}),
                      scales = numbers({25, 10}, -0.5, 0.5);
         return [=] { mixture(weights, means, scales, points); };
       }},
      {"k-means second derivative",
       []() -> std::function<void()> {
         const Tensor points = numbers({10000, 2}), centers = variable({100, 2});
         return [=] { torch::autograd::grad({slope(k_means(points, centers), centers).sum()}, {centers}); };
       }},
      {"three bodies through gradients",
       []() -> std::function<void()> {
         const Tensor start = variable({3, 2});
         return [=] {
           Tensor x = start, v = torch::zeros({3, 2});
           for (int step = 0; step < 10; ++step) {
             v = v - 0.01 * slope(potential(x), x);
             x = x + 0.01 * v;
           }
           torch::autograd::grad({x.square().sum()}, {start});
         };
       }},
  };
}

}  // namespace

Cases torch_functions() {
  Cases all;
  for (Cases (*const family)() : {elementwise, reductions, shapes, small, linalg})
    for (Timed& one : family()) all.push_back(std::move(one));
  return all;
}

}  // namespace bench_table
