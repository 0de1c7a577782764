// Derivatives against central differences, to second order: those of a loss, which are right, and those of an op whose
// own rule lacks a factor.
// Output:
//   softmax cross-entropy, weight and bias: passed
//   y = x^2 by a rule that says dy = x dx: failed
#include <fmt/core.h>
#include <retrograd/retrograd.h>

namespace rg = retrograd;

rg::Tensor wrong_square(const rg::Tensor& x) {
  const auto rule = [](const rg::Tensor& g, const rg::Tensor& at) { return g * at; };
  return rg::record("wrong_square", rg::square(rg::detach(x)), rg::wrt(x, rule, x));
}

int main() {
  rg::Rng rng(7);
  const rg::Tensor x = rg::normal({5, 4}, 0, 1, rng, rg::float64);
  const rg::Tensor weight = rg::normal({3, 4}, 0, 1, rng, rg::float64), bias = rg::normal({3}, 0, 1, rng, rg::float64);
  const rg::Tensor labels = rg::tensor({0, 2, 1, 1, 0}, rg::int64);

  const auto loss = [&](const rg::Tensor& w, const rg::Tensor& b) {
    return rg::nn::softmax_cross_entropy(rg::matmul(x, rg::transpose(w)) + b, labels);
  };
  const rg::tools::GradcheckReport right = rg::tools::gradcheck(loss, {weight, bias}, {.order = 2});
  fmt::print("softmax cross-entropy, weight and bias: {}\n", right.passed() ? "passed" : "failed");

  const auto wrong = [](const rg::Tensor& v) { return rg::sum(wrong_square(v)); };
  const rg::tools::GradcheckReport report = rg::tools::gradcheck(wrong, {bias});
  fmt::print("y = x^2 by a rule that says dy = x dx: {}\n", report.passed() ? "passed" : "failed");
  if (!right.passed() || report.passed()) fmt::print("{}\n{}\n", right, report);  // the largest error of each input
}
