#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

namespace retrograd::tests {

namespace {
using Values = std::vector<double>;
Values values(const Tensor& x) { return x.to_vector<double>(); }
}  // namespace

TEST_CASE("a hook sees the whole cotangent of the tensor it returns, and changes nothing") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  std::vector<Values> seen;
  Tape tape;
  tape.watch(x);
  const Tensor h = register_hook(square(x), [&seen](const Tensor& g) { seen.push_back(values(g)); });
  const Gradients g = tape.gradients(sum(3 * h) + sum(h * h));
  CHECK(seen == std::vector<Values>{{5, 11}});
  CHECK(values(g[x]) == Values{10, 44});
}

TEST_CASE("a hook may replace the cotangent, on the path through its tensor only") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  Tape tape;
  tape.watch(x);
  const Tensor hooked = register_hook(x, [](const Tensor& g) { return where(g > 1, 1, g); });
  CHECK(values(tape.gradients(sum(5 * hooked) + sum(100 * x))[x]) == Values{101, 101});
}

TEST_CASE("a hook works at all orders") {
  const Tensor x = tensor({0.5, 2.0}, float64);
  int calls = 0;
  const auto f = [&calls](const Tensor& u) { return sin(register_hook(u, [&calls](const Tensor&) { ++calls; })) * u; };
  CHECK(tools::gradcheck(f, {x}, {.order = 3}).passed());
  CHECK(calls > 0);
  // y = x³ with its cotangent doubled: y' = 2·3x², and y'² = 36x⁴ is differentiated through the same hook: 2·144x³
  const auto doubled = [](const Tensor& u) {
    const auto cube = [](const Tensor& v) {
      const Tensor h = register_hook(v, [](const Tensor& g) { return 2 * g; });
      return sum(h * h * h);
    };
    return sum(square(grad(cube)(u)));
  };
  CHECK(values(grad(doubled)(x)) == Values{36, 2304});
}

TEST_CASE("a hook on what no tape tracks is never called, and one inside a checkpoint is, in the rerun") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  int calls = 0;
  const auto count = [&calls](const Tensor&) { ++calls; };
  CHECK(values(register_hook(x, count)) == Values{1, 2});
  Tape tape;
  tape.watch(x);
  const Tensor y = checkpoint([count](const Tensor& u) { return register_hook(square(u), count); })(x);
  CHECK(calls == 0);
  CHECK(values(tape.gradients(sum(y))[x]) == Values{2, 4});
  CHECK(calls == 1);
}

TEST_CASE("a hook that returns what is not like the cotangent is named") {
  const Tensor x = ones({3});
  const auto sweep = [&](auto f) {
    Tape tape;
    tape.watch(x);
    tape.gradients(sum(register_hook(x, f)));
  };
  CHECK_THROWS_WITH_AS(sweep([](const Tensor&) {
                         return ones({2, 3});
                       }),
                       "register_hook: f returned shape (2, 3) for a cotangent of shape (3,)", ShapeError);
  CHECK_THROWS_WITH_AS(sweep([](const Tensor&) { return ones({3}, float64); }),
                       "register_hook: f returned float64 for a cotangent that is float32", DtypeError);
  CHECK_THROWS_WITH_AS(sweep([](const Tensor&) { return Tensor(); }),
                       "register_hook: f returned an empty handle instead of a (3,) cotangent", Error);
}

TEST_CASE("stop_gradient is detach") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  CHECK(values(grad([](const Tensor& u) { return sum(u * stop_gradient(u)); })(x)) == Values{1, 2});
}

}  // namespace retrograd::tests
