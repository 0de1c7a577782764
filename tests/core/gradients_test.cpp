#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {
Tensor x_of(double value) { return tensor(value, float64); }
double value(const Tensor& x) { return x.item<double>(); }
}  // namespace

TEST_CASE("gradients scale, add, clip and are walked by name") {
  Rng rng(1);
  const nn::Mlp model{{3, 2, 1}, nn::Activation::tanh, rng};
  const Tensor x = ones({4, 3});
  const auto sweep = [&] {
    Tape tape;
    tape.watch(model);
    return tape.gradients(mean(model(x)));
  };
  Gradients g = sweep();
  std::vector<std::string> names;
  for (const auto& entry : g) names.push_back(entry.name());
  CHECK(names == std::vector<std::string>{"layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"});
  const double norm = g.norm(), bias = g[model.layers[1].bias].item<double>();
  CHECK(bias == doctest::Approx(1));
  g += sweep();
  CHECK(g.norm() == doctest::Approx(2 * norm));
  g *= 0.25;
  CHECK(g[model.layers[1].bias].item<double>() == doctest::Approx(0.5));
  CHECK(g.clip_norm(0.1) == doctest::Approx(norm / 2));
  CHECK(g.norm() == doctest::Approx(0.1));
  CHECK_THROWS_AS(g.clip_norm(0), Error);
}

TEST_CASE("gradients outlive their tape and keep their tensors alive") {
  Gradients g;
  {
    const Tensor x = x_of(3);
    Tape tape;
    tape.watch(x);
    g = tape.gradients(square(x));
  }
  CHECK(value(g.begin()->value()) == 6);
  CHECK(value(g.begin()->key) == 3);
}

TEST_CASE("an error about a parameter carries its dotted name") {
  Rng rng(1);
  const nn::Mlp model{{3, 2, 1}, nn::Activation::tanh, rng};
  Tape tape;
  tape.watch(model);
  const Gradients g = tape.gradients(sum(model.layers[0].weight));
  CHECK_THROWS_WITH_AS(g[model.layers[1].bias], doctest::Contains("does not depend on layers.1.bias (float32 (1,))"),
                       TapeError);
}

TEST_CASE("a tensor watched twice is one entry, under its first name") {
  Rng rng(1);
  const nn::Linear layer{2, 1, rng};
  Tape tape;
  tape.watch(layer);
  tape.watch(layer.weight);
  const Gradients g = tape.gradients(sum(layer(ones({1, 2}))));
  CHECK(g.size() == 2);
  CHECK(g.begin()->name() == "weight");
  CHECK(g.norm() == doctest::Approx(std::sqrt(3.0)));
}

TEST_CASE("gradients are values of their own, contiguous and shared with nothing") {
  const Tensor a = tensor({1.0, 2.0}, float64), b = tensor({3.0, 4.0}, float64);
  Tensor cotangent = ones({2}, float64);
  Tape tape(persistent);
  tape.watch(a);
  tape.watch(b);
  const Gradients g = tape.gradients(a + b, cotangent);
  Tensor of_a = g[a];
  of_a += 100;
  cotangent += 7;
  CHECK(g[b].to_vector<double>() == std::vector<double>{1, 1});
  const Tensor of_sum = tape.gradients(sum(a))[a];
  CHECK(of_sum.is_contiguous());
  CHECK(of_sum.data<double>()[1] == 1);
}

TEST_CASE("gradients of different tapes' tensors do not add") {
  const Tensor a = x_of(1), b = x_of(2);
  const auto sweep = [](const std::vector<Tensor>& xs) {
    Tape tape;
    for (const Tensor& x : xs) tape.watch(x);
    return tape.gradients(sum(stack(xs)));
  };
  Gradients both = sweep({a, b}), one = sweep({a});
  CHECK_THROWS_AS(both += one, TapeError);
  CHECK_THROWS_AS(one += both, TapeError);
  CHECK(value(both[a]) == 1);
  CHECK(value(one[a]) == 1);
}

}  // namespace retrograd::tests
