#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <atomic>
#include <cmath>
#include <thread>

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

TEST_CASE("gradients take the form of the model that was watched") {
  Rng rng(1);
  const nn::Mlp model{{3, 2, 1}, nn::Activation::tanh, rng};
  Gradients g;
  {
    Tape tape;
    tape.watch(model);
    g = tape.gradients(sum(model.layers[0](ones({4, 3}))));
  }
  const nn::Mlp tree = g.as(model);
  CHECK(array_equal(tree.layers[0].weight, g[model.layers[0].weight]));
  CHECK(tree.layers[0].bias.to_vector<double>() == std::vector<double>{4, 4});
  CHECK(array_equal(tree.layers[1].weight, zeros({1, 2})));  // the loss does not depend on it
  const auto loss = [](const nn::Mlp& m) { return mean(square(m(ones({4, 3})))); };
  const nn::Mlp by_function = grad(loss)(model).as(model);
  CHECK(by_function.layers[1].bias.shape() == Shape{1});
  CHECK(max(abs(by_function.layers[1].bias)).item<double>() > 0);
  CHECK_THROWS_AS(g.as(clone(model)), TapeError);
  const nn::Linear bare{3, 2, rng, {.bias = false}};
  CHECK(grad([](const nn::Linear& m) {
          return sum(m(ones({1, 3})));
        })(bare)
            .as(bare)
            .weight.to_vector<double>() == std::vector<double>(6, 1));
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

TEST_CASE("searching gradients for all of many tensors takes steps in proportion") {
  constexpr std::size_t kMany = 3000;
  std::vector<Tensor> keys;
  for (std::size_t i = 0; i < kMany; ++i) keys.push_back(Tensor::empty({static_cast<std::int64_t>(i % 5)}));
  std::int64_t steps = 0;
  const auto key = [&](std::size_t i) -> const Tensor& { return ++steps, keys[i]; };
  const detail::Positions positions;
  for (std::size_t wanted = kMany; wanted-- > 0;) {
    std::size_t at = kMany;
    positions.search(kMany, key, keys[wanted], [&](std::size_t i) {
      ++steps;
      return keys[i].body_or_null() == keys[wanted].body_or_null() && (at = i, true);
    });
    REQUIRE(at == wanted);
  }
  CHECK(steps < 10 * static_cast<std::int64_t>(kMany));
  const Tensor other = ones({2});
  positions.search(kMany, key, other,
                   [&](std::size_t i) { return CHECK(keys[i].body().data != other.body().data), true; });
}

TEST_CASE("gradients of a hundred thousand tensors are watched, read, added and stepped by in any order") {
  constexpr std::size_t kMany = 100'000;
  std::vector<Tensor> model;
  for (std::size_t i = 0; i < kMany; ++i) model.push_back(full({}, i % 10));
  Tape tape(persistent);
  for (std::size_t i = kMany; i-- > 0;) tape.watch(model[i]);
  tape.watch(model);  // watched already
  {
    Tape inner;
    inner.watch(model);
    inner.watch(model);
    CHECK(inner.gradients(model[5] * 2).size() == kMany);
  }
  tape.watch(model);
  Gradients g = tape.gradients(sum(square(stack(model))));
  CHECK(g.size() == kMany);
  std::vector<std::thread> readers;
  std::atomic<std::size_t> wrong{0};
  for (int t = 0; t < 2; ++t)
    readers.emplace_back([&] {
      for (std::size_t i = 0; i < kMany; ++i) wrong += g[model[i]].item<float>() != static_cast<float>(2 * (i % 10));
    });
  for (std::thread& reader : readers) reader.join();
  CHECK(wrong == 0);
  const Gradients copy = g;
  g += copy;
  g.clip_value(10);
  CHECK(g[model[9]].item<float>() == 10);
  CHECK(copy[model[9]].item<float>() == 18);
}

TEST_CASE("an optimizer takes the gradients of aliases, unless there are two of one tensor") {
  std::vector<Tensor> model{tensor({1.0, 2.0}), tensor({3.0})};
  const std::vector<Tensor> a = alias(model), b = alias(model);
  CHECK(a[0].data<float>() == model[0].data<float>());
  const auto of = [](const std::vector<Tensor>& at, double factor) {
    Tape tape;
    tape.watch(at);
    return tape.gradients(factor * (sum(at[0]) + sum(at[1])));
  };
  Gradients sum_of_parts = of(a, 1);
  sum_of_parts += of(b, 2);
  CHECK_THROWS_WITH_AS(sum_of_parts[model[0]], "gradients: this float32 (2,) tensor was not watched by this tape",
                       TapeError);
  optim::Optimizer sgd{optim::Sgd{.learning_rate = 1}};
  sgd.step(model, sum_of_parts);
  CHECK(model[0].to_vector<float>() == std::vector<float>{-2, -1});
  CHECK(a[1].to_vector<float>() == std::vector<float>{0});

  Tape tape;
  tape.watch(a);
  tape.watch(b);
  const Gradients both = tape.gradients(sum(a[0] * b[0]) + sum(a[1] * b[1]));
  CHECK_THROWS_AS(sgd.step(model, both), TapeError);
  CHECK(model[0].to_vector<float>() == std::vector<float>{-2, -1});
  CHECK_THROWS_AS(of({reshape(model[0], {2, 1}), model[1]}, 1) += of(a, 1), TapeError);
}

}  // namespace retrograd::tests
