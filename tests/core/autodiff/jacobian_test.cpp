// Whole matrices of derivatives.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

namespace retrograd::tests {

namespace {
using Values = std::vector<double>;
Values values(const Tensor& x) { return x.to_vector<double>(); }
}  // namespace

TEST_CASE("the Jacobian of a linear map is its matrix") {
  Rng rng(4);
  const Tensor a = normal({3, 2}, 0, 1, rng, float64), x = normal({2}, 0, 1, rng, float64);
  const Tensor j = jacobian([&](const Tensor& u) { return matmul(a, u); })(x);
  CHECK(j.shape() == Shape{3, 2});
  CHECK(values(j) == values(a));
}

TEST_CASE("a Jacobian has the shapes of the value and the argument, whatever they are") {
  const Tensor x = tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}, float64), c = ones({4}, float64);
  const Tensor squares = jacobian([](const Tensor& u) { return transpose(u * u); })(x);
  CHECK(squares.shape() == Shape{3, 2, 2, 3});
  CHECK(sum(squares).item<double>() == 2 * 21);
  CHECK(values(squares)[1 * 12 + 0 * 6 + 1] == 4);  // [1, 0] of the value and [0, 1] of x: 2·x
  CHECK(jacobian([](const Tensor& u) { return sum(u); })(x).shape() == Shape{2, 3});
  CHECK(jacobian([](const Tensor& u) { return u; })(tensor(2.0)).shape() == Shape{});
  CHECK(jacobian([](const Tensor& u) { return reshape(u, {0, 2}); })(zeros({2, 0})).shape() == Shape{0, 2, 2, 0});
  const Tensor none = jacobian([&](const Tensor&) { return c; })(x);
  CHECK(none.shape() == Shape{4, 2, 3});
  CHECK(values(none) == Values(24, 0));
  CHECK_THROWS_WITH_AS(jacobian([](const Tensor& u) { return argmax(u, 0); })(x),
                       "jacobian: f's value must be float32 or float64 to have a derivative, got int64", DtypeError);
  const Tensor deep = ones({1, 1, 1, 1, 1});
  CHECK_THROWS_WITH_AS(
      jacobian([](const Tensor& u) { return u; })(deep),
      "jacobian: the shapes (1, 1, 1, 1, 1) of the value and (1, 1, 1, 1, 1) of x together have more than 8 axes",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      hessian([](const Tensor& u) { return sum(u * u); })(deep),
      "hessian: the shapes (1, 1, 1, 1, 1) of the value and (1, 1, 1, 1, 1) of x together have more than 8 axes",
      ShapeError);
  CHECK_THROWS_WITH_AS(jacobian([](const Tensor& u) { return u; })(argmax(x, 0)),
                       "watch: only float32 and float64 tensors have gradients, got int64", DtypeError);
}

TEST_CASE("a Jacobian of several arguments is a tuple") {
  const Tensor x = tensor({1.0, 2.0}, float64), y = tensor({3.0, 4.0, 5.0}, float64);
  const auto outer = [](const Tensor& u, const Tensor& v) { return reshape(u, {2, 1}) * v; };
  const auto [of_x, of_y] = jacobian(outer)(x, y);
  CHECK(of_x.shape() == Shape{2, 3, 2});
  CHECK(of_y.shape() == Shape{2, 3, 3});
  CHECK(values(of_x) == Values{3, 0, 4, 0, 5, 0, 0, 3, 0, 4, 0, 5});
  CHECK(sum(of_y).item<double>() == 9);
}

TEST_CASE("a Jacobian of a gradient is the Hessian, and nests with all the others") {
  Rng rng(4);
  const Tensor x = normal({3}, 0, 1, rng, float64);
  const auto f = [](const Tensor& u) { return sum(sin(u) * u) * sum(u * u); };
  CHECK(values(jacobian(grad(f))(x)) == values(hessian(f)(x)));
  const auto g = [](const Tensor& u) { return jacobian([](const Tensor& v) { return sin(v) * sum(v); })(u); };
  CHECK(tools::gradcheck(g, {x}, {.order = 2}).passed());
  CHECK(jacobian(g)(x).shape() == Shape{3, 3, 3});
  CHECK(tools::gradcheck([&](const Tensor& u) { return hessian(f)(u); }, {x}, {.order = 1}).passed());
  Tape tape;  // inside somebody's open tape
  tape.watch(x);
  const Tensor trace = sum(jacobian([](const Tensor& v) { return v * v; })(x) * square(x));
  const Values expected = values(6 * square(x)), found = values(tape.gradients(trace)[x]);
  for (std::size_t i = 0; i < 3; ++i) CHECK(found[i] == doctest::Approx(expected[i]));
}

TEST_CASE("the Hessian of several arguments is made of blocks") {
  const Tensor x = tensor({1.0, 2.0}, float64), y = tensor({3.0}, float64), idle = ones({2, 2}, float64);
  const auto f = [](const Tensor& u, const Tensor& v, const Tensor&) { return sum(u * u * u * v); };
  const auto [of_x, of_y, of_idle] = hessian(f)(x, y, idle);
  CHECK(values(std::get<0>(of_x)) == Values{18, 0, 0, 36});  // 6·u·v
  CHECK(std::get<1>(of_x).shape() == Shape{2, 1});
  CHECK(values(std::get<1>(of_x)) == Values{3, 12});  // 3·u²
  CHECK(values(std::get<0>(of_y)) == Values{3, 12});
  CHECK(values(std::get<1>(of_y)) == Values{0});
  CHECK(std::get<0>(of_idle).shape() == Shape{2, 2, 2});
  CHECK(values(std::get<2>(of_idle)) == Values(16, 0));
}

TEST_CASE("a function whose value is no scalar has no Hessian") {
  CHECK_THROWS_WITH_AS(hessian([](const Tensor& u) { return u; })(ones({2})),
                       doctest::Contains("the loss must be of size 1, got shape (2,)"), ShapeError);
}

}  // namespace retrograd::tests
