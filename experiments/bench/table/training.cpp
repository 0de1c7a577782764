#include <memory>

#include "cases.h"

namespace retrograd::bench {
namespace {

/// Tensors to be updated, with no function behind them.
struct Many {
  std::vector<Tensor> values;
  static void fields(auto& self, auto&& visit) { visit("values", self.values); }
};

/// One step of a rule on `count` tensors of this size by gradients that are made once.
template <class Rule>
Case step_of(std::string name, Rule rule, std::int64_t count, std::int64_t size) {
  return {std::move(name), [=] {
            const auto model = std::make_shared<Many>();
            for (std::int64_t i = 0; i < count; ++i) model->values.push_back(numbers({size}));
            const auto optimizer = std::make_shared<optim::Optimizer<Rule>>(rule);
            Tape tape;
            tape.watch(*model);
            Tensor loss = zeros({});
            for (const Tensor& x : model->values) loss = loss + sum(x * x);
            const auto gradients = std::make_shared<Gradients>(tape.gradients(loss));
            return [=]() -> Results {
              optimizer->step(*model, *gradients);
              return {model->values[0]};
            };
          }};
}

/// A training step of a model on one batch, by cross-entropy and this rule.
template <class Make, class Rule>
Case train(std::string name, const Shape& shape, Rule rule, Make make) {
  return {std::move(name), [=] {
            Rng rng(3);
            using Model = decltype(make(rng));
            const auto model = std::make_shared<Model>(make(rng));
            const auto optimizer = std::make_shared<optim::Optimizer<Rule>>(rule);
            const Tensor x = numbers(shape), classes = randint({shape[0]}, 0, 10, rng);
            return [=]() -> Results {
              Tape tape;
              tape.watch(*model);
              const Tensor loss = nn::softmax_cross_entropy((*model)(x), classes);
              optimizer->step(*model, tape.gradients(loss));
              return {loss};
            };
          }};
}

struct LeNet {
  nn::Conv2d first, second;
  nn::Linear third, fourth;
  explicit LeNet(Rng& rng)
      : first(1, 6, 5, rng, {.padding = 2}), second(6, 16, 5, rng), third(400, 120, rng), fourth(120, 10, rng) {}
  Tensor operator()(const Tensor& x) const {
    const Tensor features = max_pool2d(relu(second(max_pool2d(relu(first(x)), 2))), 2);
    return fourth(relu(third(flatten(features, 1))));
  }
  static void fields(auto& self, auto&& visit) {
    visit("first", self.first);
    visit("second", self.second);
    visit("third", self.third);
    visit("fourth", self.fourth);
  }
};

}  // namespace

Cases training_cases() {
  const std::int64_t million = 1'000'000;
  return {
      step_of("Sgd step 10M", optim::Sgd{.learning_rate = 1e-3, .momentum = 0.9}, 1, 10 * million),
      step_of("Adam step 10M", optim::Adam{}, 1, 10 * million),
      step_of("Adam step 10,000 of 10", optim::Adam{}, 10'000, 10),
      step_of("AdamW step 1M", optim::AdamW{}, 1, million),
      train("MLP step 784-128-10", {100, 784}, optim::Sgd{.learning_rate = 1e-3},
            [](Rng& rng) {
              return nn::Mlp({784, 128, 10}, nn::Activation::relu, rng);
            }),
      train("MLP Adam step 512-512-512-10, gelu", {256, 512}, optim::Adam{},
            [](Rng& rng) {
              return nn::Mlp({512, 512, 512, 10}, nn::Activation::gelu, rng);
            }),
      train("LeNet step", {64, 1, 28, 28}, optim::Sgd{.learning_rate = 1e-3}, [](Rng& rng) { return LeNet(rng); }),
  };
}

}  // namespace retrograd::bench
