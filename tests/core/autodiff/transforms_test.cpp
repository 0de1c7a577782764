#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {
double at(const Tensor& x) { return x.item<double>(); }
}  // namespace

TEST_CASE("the order of the derivative is the depth of the nesting") {
  const Tensor x = tensor(0.7, float64);
  const auto f = [](const Tensor& v) { return sin(v); };
  CHECK(std::abs(at(grad(f)(x)) - std::cos(0.7)) < 1e-15);
  CHECK(std::abs(at(grad(grad(f))(x)) + std::sin(0.7)) < 1e-15);
  CHECK(std::abs(at(grad(grad(grad(f)))(x)) + std::cos(0.7)) < 1e-15);
  CHECK(std::abs(at(grad(grad(grad(grad(f))))(x)) - std::sin(0.7)) < 1e-15);
}

TEST_CASE("third derivatives of the smooth functions are exact") {
  const double v = 0.7, e = std::exp(v), t = std::tanh(v), s = 1 / (1 + std::exp(-v));
  const Tensor x = tensor(v, float64);
  const auto third = [&](Tensor (*f)(const Tensor&)) {
    return at(grad(grad(grad([f](const Tensor& u) { return f(u); })))(x));
  };
  CHECK(third(exp) == doctest::Approx(e).epsilon(1e-14));
  CHECK(third(log) == doctest::Approx(2 / (v * v * v)).epsilon(1e-14));
  CHECK(third(log1p) == doctest::Approx(2 / std::pow(1 + v, 3)).epsilon(1e-14));
  CHECK(third(cos) == doctest::Approx(std::sin(v)).epsilon(1e-14));
  CHECK(third(tanh) == doctest::Approx(-2 * (1 - t * t) * (1 - 3 * t * t)).epsilon(1e-13));
  CHECK(third(sigmoid) == doctest::Approx(s * (1 - s) * (1 - 6 * s + 6 * s * s)).epsilon(1e-13));
  CHECK(third(square) == 0);
  const auto reciprocal = [](const Tensor& u) { return 1 / u; };
  CHECK(at(grad(grad(grad(reciprocal)))(x)) == doctest::Approx(-6 / std::pow(v, 4)).epsilon(1e-13));
}

TEST_CASE("perturbations are not confused") {
  // d/dx x·(d/dy (x + y) at y = x) is 1: the inner derivative is the constant 1.
  const auto confused = [](const Tensor& v) { return v * grad([v](const Tensor& w) { return v + w; })(v); };
  CHECK(at(grad(confused)(tensor(1.0, float64))) == 1);
  const auto product = [](const Tensor& v) { return v * grad([v](const Tensor& w) { return v * w; })(v); };
  CHECK(at(grad(product)(tensor(3.0, float64))) == 6);
}

TEST_CASE("a function that does not depend on its argument has derivative zero") {
  const Tensor x = tensor({1.0, 2.0}, float64), c = tensor(4.0, float64);
  CHECK(grad([&](const Tensor&) { return square(c); })(x).to_vector<double>() == std::vector<double>{0, 0});
  const auto linear = [](const Tensor& v) { return sum(3 * v); };
  CHECK(hessian(linear)(x).to_vector<double>() == std::vector<double>{0, 0, 0, 0});
  CHECK(at(grad(grad([](const Tensor& v) { return 3 * v; }))(c)) == 0);
}

TEST_CASE("the Hessian of a quadratic form is the matrix, twice") {
  Rng rng(4);
  const Tensor a = normal({3, 3}, 0, 1, rng, float64), x = normal({3}, 0, 1, rng, float64);
  const Tensor h = hessian([&](const Tensor& v) { return matmul(v, matmul(a, v)); })(x);
  CHECK(h.shape() == Shape{3, 3});
  const auto expected = (a + transpose(a)).to_vector<double>(), found = h.to_vector<double>();
  for (std::size_t i = 0; i < 9; ++i) CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-14));
}

TEST_CASE("the Hessian of a matrix argument has both its shapes, and differentiates") {
  const Tensor x = tensor({{0.5, -1.0}, {2.0, 1.5}}, float64);
  const auto f = [](const Tensor& v) { return sum(v * v * v); };
  const Tensor h = hessian(f)(x);
  CHECK(h.shape() == Shape{2, 2, 2, 2});
  CHECK(sum(h).item<double>() == doctest::Approx(6 * 3.0));
  const Tensor third = grad([&](const Tensor& v) { return sum(hessian(f)(v)); })(x);
  CHECK(third.to_vector<double>() == std::vector<double>{6, 6, 6, 6});
}

TEST_CASE("several arguments give a derivative each") {
  const Tensor a = tensor(2.0, float64), b = tensor(5.0, float64);
  const auto [value, slopes] = value_and_grad([](const Tensor& u, const Tensor& v) { return u * u * v; })(a, b);
  CHECK(at(value) == 20);
  CHECK(at(std::get<0>(slopes)) == 20);
  CHECK(at(std::get<1>(slopes)) == 4);
}

TEST_CASE("a struct with fields is differentiated under the caller's own tensors") {
  Rng rng(1);
  nn::Mlp model{{3, 4, 2}, nn::Activation::tanh, rng};
  const Tensor x = normal({5, 3}, 0, 1, rng);
  const auto loss = [&](const auto& m) { return mean(square(m(x))); };
  const auto [value, gradients] = value_and_grad(loss)(model);
  Tape tape;
  tape.watch(model);
  const Gradients by_tape = tape.gradients(loss(model));
  for (const auto& [name, parameter] : parameters(model))
    CHECK(gradients[parameter].to_vector<float>() == by_tape[parameter].to_vector<float>());
  CHECK(value.item<float>() > 0);
}

TEST_CASE("a struct and a tensor together") {
  Rng rng(1);
  const nn::Linear layer{3, 1, rng};
  const Tensor x = ones({2, 3});
  const auto [of_layer, of_x] = grad([](const auto& m, const Tensor& v) { return sum(m(v)); })(layer, x);
  CHECK(of_layer[layer.bias].template item<float>() == 2);
  CHECK(of_x.shape() == Shape{2, 3});
}

TEST_CASE("a gradient penalty trains: second derivatives flow into parameters") {
  Rng rng(1);
  const nn::Mlp model{{2, 5, 1}, nn::Activation::tanh, rng, nn::FanInUniform{}, float64};
  const Tensor x = normal({3, 2}, 0, 1, rng, float64);
  const auto penalty = [&](const Tensor& weight) {
    nn::Mlp with = model;
    with.layers[0].weight = weight;
    return sum(square(grad([&](const Tensor& v) { return sum(with(v)); })(x)));
  };
  CHECK(tools::gradcheck(penalty, {model.layers[0].weight}, {.order = 2}).passed());
}

TEST_CASE("a function whose value is no scalar is refused") {
  CHECK_THROWS_WITH_AS(grad([](const Tensor& v) { return v; })(ones({2})),
                       doctest::Contains("the loss must be of size 1, got shape (2,)"), ShapeError);
}

TEST_CASE("a model with a tied parameter is differentiated under the right tensors") {
  const Tensor a = ones({2}, float64), c = ones({2}, float64);
  const std::vector<Tensor> tied{a, a, c};
  const Gradients g =
      grad([](const std::vector<Tensor>& m) { return sum(3 * m[0]) + sum(4 * m[1]) + sum(100 * m[2]); })(tied);
  CHECK(g.size() == 2);
  CHECK(g[a].to_vector<double>() == std::vector<double>{7, 7});
  CHECK(g[c].to_vector<double>() == std::vector<double>{100, 100});
}

namespace {
struct Block {
  nn::Linear linear;
  std::vector<Tensor> scales;
  std::optional<Tensor> shift;
  static void fields(auto& self, auto&& visit) {
    visit("linear", self.linear);
    visit("scales", self.scales);
    visit("shift", self.shift);
  }
};
struct Nest {
  std::array<Block, 2> blocks;
  static void fields(auto& self, auto&& visit) { visit("blocks", self.blocks); }
};
}  // namespace

TEST_CASE("structs nest in arguments to any depth, const or not, with vectors, optionals and tuples") {
  Rng rng(1);
  const auto block = [&] { return Block{nn::Linear{2, 2, rng}, {ones({2}), full({2}, 2)}, ones({2})}; };
  Nest nest{{block(), block()}};
  nest.blocks[1].shift.reset();
  const Tensor x = ones({1, 2});
  const auto f = [&](const Nest& n) {
    Tensor y = x;
    for (const Block& b : n.blocks) {
      y = b.linear(y) * b.scales[0] * b.scales[1];
      if (b.shift) y = y + *b.shift;
    }
    return sum(y);
  };
  const Gradients g = grad(f)(nest);
  CHECK(g.size() == 9);
  CHECK(g.begin()[4].name() == "blocks.0.shift");
  Tape tape;
  tape.watch(nest);
  const Gradients by_tape = tape.gradients(f(nest));
  for (const auto& [name, parameter] : parameters(nest))
    CHECK(g[parameter].to_vector<float>() == by_tape[parameter].to_vector<float>());
  const std::pair<Tensor, Tensor> pair{x, 3 * x};
  const auto [of_pair, of_none] = grad([](const auto& both, const std::vector<Tensor>&) {
    return sum(both.first * both.second);
  })(pair, std::vector<Tensor>{});
  CHECK(of_pair[pair.first].template to_vector<float>() == std::vector<float>{3, 3});
  CHECK(of_none.size() == 0);
}

TEST_CASE("a value of size 1 may have any shape") {
  const Tensor x = tensor({1.0, 2.0}, float64);
  for (const Shape& shape : {Shape{}, Shape{1}, Shape{1, 1, 1}}) {
    const auto f = [&](const Tensor& u) { return reshape(sum(u * u), shape); };
    const auto [value, slope] = value_and_grad(f)(x);
    CHECK(value.shape() == shape);
    CHECK(slope.to_vector<double>() == std::vector<double>{2, 4});
    CHECK(hessian(f)(x).to_vector<double>() == std::vector<double>{2, 0, 0, 2});
  }
}

TEST_CASE("integers have no derivative, as arguments and in structs") {
  CHECK_THROWS_WITH_AS(grad([](const Tensor& u) { return sum(u); })(tensor({1, 2})),
                       "watch: only float32 and float64 tensors have gradients, got int64", DtypeError);
  CHECK_THROWS_WITH_AS(
      grad([](const std::vector<Tensor>& m) { return sum(m[0]); })(std::vector{ones({2}), tensor({1})}),
      "watch: only float32 and float64 tensors have gradients, got int64 for 1", DtypeError);
}

TEST_CASE("transforms nest with each other: grad of a jvp, of a vjp, of an hvp, and a Jacobian of a gradient") {
  const Tensor x = tensor({0.5, -1.5, 2.0}, float64), v = tensor({1.0, 2.0, -1.0}, float64);
  const auto quartic = [](const Tensor& u) { return sum(square(square(u))); };
  const auto check = [&](const Tensor& found, const Tensor& expected) {
    const auto a = found.to_vector<double>(), b = expected.to_vector<double>();
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-13));
  };
  check(grad([&](const Tensor& u) { return jvp(quartic, u, v).second; })(x), 12 * x * x * v);
  check(grad([&](const Tensor& u) { return sum(square(jvp(grad(quartic), u, v).second)); })(x),
        2 * (12 * x * x * v) * (24 * x * v));
  check(grad([&](const Tensor& u) { return sum(hvp(quartic, u, u)); })(x), 36 * x * x);   // Σ 12u³
  check(grad([&](const Tensor& u) { return sum(vjp(square, u).second(u)); })(x), 4 * x);  // Σ 2u²
  check(sum(jacobian(grad(quartic))(x), 0), 12 * x * x);
  check(hvp([&](const Tensor& u) { return sum(hvp(quartic, u, v)); }, x, v), 24 * v * v);
  // A loss that contains a derivative, differentiated twice.
  CHECK(tools::gradcheck([&](const Tensor& u) { return jvp(quartic, u, v).second * sum(hvp(quartic, u, v)); }, {x},
                         {.order = 2})
            .passed());
}

TEST_CASE("transforms inside open tapes are recorded, inside paused and consumed ones not") {
  const Tensor x = tensor({1.0, 2.0}, float64), v = ones({2}, float64);
  const auto cubes = [](const Tensor& u) { return sum(u * u * u); };
  using Values = std::vector<double>;
  Tape tape;
  tape.watch(x);
  const Tensor y = sum(grad(cubes)(x)) + jvp(cubes, x, v).second + sum(hvp(cubes, x, v)) + sum(jacobian(cubes)(x)) +
                   sum(hessian(cubes)(x)) + sum(vjp(cubes, x).second(ones({}, float64)));
  {
    const NoTape pause;
    const Tensor slope = grad(cubes)(x);
    CHECK(slope.to_vector<double>() == Values{3, 12});
    CHECK(hvp(cubes, x, v).to_vector<double>() == Values{6, 12});
    CHECK(!detail::is_tracked(slope));
  }
  CHECK(tape.gradients(y)[x].to_vector<double>() == Values{4 * 6 * 1 + 12, 4 * 6 * 2 + 12});
  CHECK(hessian(cubes)(x).to_vector<double>() == Values{6, 0, 0, 12});
  CHECK(jvp(cubes, x, v).second.item<double>() == 15);
}

}  // namespace retrograd::tests
