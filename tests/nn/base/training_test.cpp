// The training scope, buffers, and what a checkpoint makes of both.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <thread>

#include "../../scratch.h"

namespace retrograd::tests {

namespace {

// Draws a mask, and counts its calls in a buffer: all that a layer can do differently in training.
struct Noisy {
  Tensor weight = ones({3}, float64);
  Buffer calls{zeros({}, int64)};
  Tensor operator()(const Tensor& x) const {
    Rng* rng = nn::training();
    if (!rng) return x * weight;
    if (nn::updates_statistics()) {
      Tensor into = calls.tensor;
      into += 1;
    }
    return tanh(x * weight * uniform(x.shape(), 0, 1, *rng, float64));
  }
  static void fields(auto& self, auto&& visit) {
    visit("calls", self.calls);
    visit("weight", self.weight);
  }
};

std::vector<std::string> names(const std::vector<Parameter>& list) {
  std::vector<std::string> out;
  for (const Parameter& one : list) out.push_back(one.name);
  return out;
}

struct Step {
  std::vector<std::vector<double>> gradients;
  std::uint32_t next;  // what the generator gives after the step
  std::int64_t calls;
};
// One step in training mode: what `forward` makes of x, differentiated towards the model; `watched` counts its calls.
template <class Model, class Forward>
Step step(const Model& model, const Noisy& watched, const Tensor& x, Forward forward) {
  Rng rng(5);
  Step result;
  {
    Tape tape;
    tape.watch(model);
    Tensor loss;
    {
      const nn::Training training{rng};
      loss = sum(square(forward(x)));
    }
    for (const Gradients::Entry& entry : tape.gradients(loss))
      result.gradients.push_back(entry.value().to_vector<double>());
  }
  result.next = rng.bits();
  result.calls = watched.calls.tensor.item<std::int64_t>();
  return result;
}

}  // namespace

TEST_CASE("a training scope gives its generator on this thread until it ends") {
  CHECK(nn::training() == nullptr);
  Rng outer_rng(1), inner_rng(2);
  {
    const nn::Training outer{outer_rng};
    CHECK(nn::training() == &outer_rng);
    {
      const nn::Training inner{inner_rng};
      CHECK(nn::training() == &inner_rng);
      CHECK(nn::updates_statistics());
      Rng* elsewhere = &inner_rng;
      std::thread([&] { elsewhere = nn::training(); }).join();
      CHECK(elsewhere == nullptr);
    }
    CHECK(nn::training() == &outer_rng);
    CHECK_THROWS_AS(
        [&] {
          const nn::Training inner{inner_rng};
          detail::fail("left by an exception");
        }(),
        Error);
    CHECK(nn::training() == &outer_rng);
  }
  CHECK(nn::training() == nullptr);
  CHECK(!nn::updates_statistics());
}

TEST_CASE("buffers are part of a model's state and no parameters") {
  const std::vector<Noisy> model(2);
  CHECK(names(parameters(model)) == std::vector<std::string>{"0.weight", "1.weight"});
  CHECK(names(state(model)) == std::vector<std::string>{"0.calls", "0.weight", "1.calls", "1.weight"});
  CHECK(count(model) == 6);
  const nn::Sequential sequence{Noisy{}, relu};
  CHECK(names(state(sequence)) == std::vector<std::string>{"0.calls", "0.weight"});
  CHECK(names(parameters(sequence)) == std::vector<std::string>{"0.weight"});
  const std::tuple<Buffer, Tensor> pair{Buffer{ones({2})}, ones({3})};
  CHECK(names(state(pair)) == std::vector<std::string>{"0", "1"});
  CHECK(names(parameters(pair)) == std::vector<std::string>{"1"});
}

TEST_CASE("a buffer that two layers share is listed and cloned once") {
  std::vector<Noisy> model(2);
  model[1].calls = model[0].calls;
  CHECK(names(state(model)) == std::vector<std::string>{"0.calls", "0.weight", "1.weight"});
  const std::vector<Noisy> deep = clone(model);
  fill(Tensor(model[0].calls.tensor), 7);
  CHECK(model[1].calls.tensor.item<int>() == 7);
  CHECK(deep[0].calls.tensor.item<int>() == 0);
  fill(Tensor(deep[0].calls.tensor), 3);
  CHECK(deep[1].calls.tensor.item<int>() == 3);
}

TEST_CASE("a tensor that is a buffer here and a parameter there is differentiated") {
  const Tensor both = tensor({1.0, 2.0}, float64);
  const std::tuple<Buffer, Tensor> model{Buffer{both}, both};
  CHECK(names(parameters(model)) == std::vector<std::string>{"1"});
  const auto loss = [](const std::tuple<Buffer, Tensor>& m) { return sum(square(std::get<1>(m))); };
  CHECK(grad(loss)(model)[both].to_vector<double>() == std::vector<double>{2, 4});
}

TEST_CASE("the tape, transforms and optimizers leave buffers alone") {
  Rng rng(1);
  Noisy model;
  const Tensor x = normal({4, 3}, 0, 1, rng, float64);
  const auto loss = [&](const Noisy& m) { return sum(square(m(x))); };
  optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.1}};
  for (int i = 0; i < 3; ++i) {
    const nn::Training training{rng};
    Tape tape;
    tape.watch(model);
    CHECK(!detail::is_tracked(model.calls.tensor));
    optimizer.step(model, tape.gradients(loss(model)));
  }
  CHECK(model.calls.tensor.item<int>() == 3);
  const nn::Training training{rng};
  const Gradients gradients = grad(loss)(model);  // the function's copy writes into the same buffer
  CHECK(std::distance(gradients.begin(), gradients.end()) == 1);
  CHECK(model.calls.tensor.item<int>() == 4);
  Rng draws(9);
  const auto smooth = [&](const Noisy& m) {
    draws = Rng(9);
    return loss(m);
  };
  const nn::Training again{draws};
  const Noisy along;
  const Gradients product = hvp(smooth, model, along);
  CHECK(std::distance(product.begin(), product.end()) == 1);
  CHECK(model.calls.tensor.item<int>() == 5);
  jvp(smooth, model, along);
  CHECK(model.calls.tensor.item<int>() == 6);
  CHECK(along.calls.tensor.item<int>() == 0);
}

TEST_CASE("buffers are saved and loaded in place") {
  const ScratchFolder scratch;
  const auto file = scratch.path() / "model.safetensors";
  Noisy model, other;
  fill(model.calls.tensor, 41);
  nn::save(model, file);
  const Noisy copy = other;
  nn::load(other, file);
  CHECK(copy.calls.tensor.item<int>() == 41);
  nn::write_safetensors(parameters(model), file);
  CHECK_THROWS_WITH_AS(nn::load(other, file), doctest::Contains("tensor calls of the model is missing"), FileError);
}

TEST_CASE("under a checkpoint layers draw the same numbers again and count once") {
  Rng rng(2);
  const Tensor x = normal({4, 3}, 0, 1, rng, float64);
  const std::vector<Noisy> plain(4), single(4), nested(4);
  const auto run = [](const std::vector<Noisy>& layers, std::size_t begin, std::size_t end) {
    return [=](const Tensor& in) {
      Tensor y = in;
      for (std::size_t i = begin; i < end; ++i) y = layers[i](y);
      return y;
    };
  };
  const Step expected = step(plain, plain[2], x, run(plain, 0, 4));
  const Step once = step(single, single[2], x,
                         [&](const Tensor& in) { return checkpoint(run(single, 2, 4))(run(single, 0, 2)(in)); });
  const Step twice = step(nested, nested[2], x, [&](const Tensor& in) {
    return checkpoint([=](const Tensor& u) { return run(nested, 3, 4)(checkpoint(run(nested, 1, 3))(u)); })(
        run(nested, 0, 1)(in));
  });
  for (const Step& other : {once, twice}) {
    CHECK(other.gradients == expected.gradients);
    CHECK(other.next == expected.next);
    CHECK(other.calls == 1);
  }
  CHECK(expected.gradients.size() == 4);
  CHECK(expected.calls == 1);
}

TEST_CASE("a checkpoint from outside training is run again outside it") {
  Rng rng(2);
  const Noisy model;
  const Tensor x = normal({4, 3}, 0, 1, rng, float64);
  Tape tape;
  tape.watch(model);
  const Tensor loss = sum(checkpoint(model)(x));
  const nn::Training training{rng};
  CHECK(tape.gradients(loss)[model.weight].to_vector<double>() == sum(x, 0).to_vector<double>());
  CHECK(model.calls.tensor.item<int>() == 0);
}

TEST_CASE("a checkpointed stack measures its layers without drawing or counting") {
  Rng rng(2);
  const Tensor x = normal({64, 3}, 0, 1, rng, float64);
  const std::vector<Noisy> a(4), b(4);
  const nn::Sequential plain{a[0], a[1], a[2], a[3]}, layers{b[0], b[1], b[2], b[3]};
  std::int64_t least = 0;
  {
    Tape tape;
    tape.watch(layers);
    Rng draws(5);
    const nn::Training training{draws};
    try {
      nn::Checkpointed{layers, 0}(x);
    } catch (const Error& error) {
      const std::string message = error.what();
      least = std::stoll(message.substr(message.find("minimum is ") + 11));
    }
    CHECK(draws.bits() == Rng(5).bits());
    CHECK(b[0].calls.tensor.item<int>() == 0);
  }
  const Step expected = step(plain, a[3], x, plain), other = step(layers, b[0], x, nn::Checkpointed{layers, least});
  CHECK(other.gradients == expected.gradients);
  CHECK(other.next == expected.next);
  CHECK(expected.calls == 1);
  CHECK(other.calls == 1);
}

}  // namespace retrograd::tests
