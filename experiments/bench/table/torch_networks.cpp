#include "torch_cases.h"

namespace bench_table {
namespace {

using torch::Tensor;
namespace F = torch::nn::functional;

std::vector<Tensor> with_parameters(const torch::nn::Module& module, const Tensor& x) {
  std::vector<Tensor> all = module.parameters();
  all.push_back(x);
  return all;
}
/// All gradients of the sum of squares of a module's outputs; `call` hands it the inputs.
template <class Make, class Call>
Timed gradients(std::string name, Shape shape, Make make, Call call) {
  return {std::move(name), [=]() -> std::function<void()> {
            auto module = make();
            const Tensor x = variable(shape);
            const std::vector<Tensor> all = with_parameters(*module, x);
            return [=]() mutable { torch::autograd::grad({call(module, x).square().sum()}, all); };
          }};
}
template <class Make>
Timed values(std::string name, Shape shape, Make make) {
  return {std::move(name), [=]() -> std::function<void()> {
            auto module = make();
            const Tensor x = numbers(shape);
            return [=]() mutable {
              const torch::NoGradGuard none;
              module(x);
            };
          }};
}

Cases layers() {
  using torch::nn::Conv2dOptions;
  const Shape images{8, 32, 32, 32};
  const auto plain = [](auto& module, const Tensor& x) { return module(x); };
  const auto conv = [] { return torch::nn::Conv2d(Conv2dOptions(32, 32, 3).padding(1)); };
  const auto strided = [] { return torch::nn::Conv2d(Conv2dOptions(32, 64, 3).padding(1).stride(2)); };
  const auto depthwise = [] { return torch::nn::Conv2d(Conv2dOptions(32, 32, 3).padding(1).groups(32)); };
  return {
      values("conv 3x3", images, conv),
      gradients("conv 3x3 gradients", images, conv, plain),
      gradients("conv 3x3 stride 2 gradients", images, strided, plain),
      values("depthwise 3x3", images, depthwise),
      gradients("depthwise 3x3 gradients", images, depthwise, plain),
      gradients(
          "conv1d 5 gradients", {16, 32, 128},
          [] { return torch::nn::Conv1d(torch::nn::Conv1dOptions(32, 64, 5).padding(2)); }, plain),
      gradient_of("max_pool 2 gradients", images, [](const Tensor& x) { return torch::max_pool2d(x, 2).square(); }),
      gradients(
          "LSTM gradients", {16, 32, 32},
          [] { return torch::nn::LSTM(torch::nn::LSTMOptions(32, 64).batch_first(true)); },
          [](auto& module, const Tensor& x) { return std::get<0>(module(x)); }),
      gradients(
          "attention gradients", {64, 8, 64}, [] { return torch::nn::MultiheadAttention(64, 4); },
          [](auto& module, const Tensor& x) {
            return std::get<0>(module->forward(x, x, x, {}, /*need_weights=*/false));
          }),
      gradients(
          "transformer gradients", {64, 8, 64},
          [] {
            return torch::nn::TransformerEncoderLayer(
                torch::nn::TransformerEncoderLayerOptions(64, 4).dim_feedforward(2048).dropout(0));
          },
          plain),
      gradients(
          "layer norm gradients", {4096, 512}, [] { return torch::nn::LayerNorm(torch::nn::LayerNormOptions({512})); },
          plain),
      gradients(
          "group norm gradients", images, [] { return torch::nn::GroupNorm(8, 32); }, plain),
      gradients(
          "batch norm gradients", {4096, 512}, [] { return torch::nn::BatchNorm1d(512); }, plain),
      {"cross-entropy gradients",
       []() -> std::function<void()> {
         const Tensor logits = variable({1000, 1000}), classes = torch::randint(1000, {1000}, torch::kLong);
         return [=] { torch::autograd::grad({F::cross_entropy(logits, classes)}, {logits}); };
       }},
  };
}

template <class Optimizer, class Options>
Timed step_of(std::string name, Options options, std::int64_t count, std::int64_t size) {
  return {std::move(name), [=]() -> std::function<void()> {
            std::vector<Tensor> values;
            for (std::int64_t i = 0; i < count; ++i) {
              values.push_back(variable({size}));
              values.back().mutable_grad() = 2 * values.back().detach();
            }
            const auto optimizer = std::make_shared<Optimizer>(values, options);
            return [=] { optimizer->step(); };
          }};
}
template <class Optimizer, class Options>
Timed train(std::string name, Shape shape, Options options, std::function<torch::nn::Sequential()> make) {
  return {std::move(name), [=]() -> std::function<void()> {
            torch::nn::Sequential model = make();
            const std::vector<Tensor> parameters = model->parameters();
            const auto optimizer = std::make_shared<Optimizer>(parameters, options);
            const Tensor x = numbers(shape), classes = torch::randint(10, {shape[0]}, torch::kLong);
            return [=]() mutable {
              for (Tensor parameter : parameters) parameter.mutable_grad() = Tensor();
              F::cross_entropy(model->forward(x), classes).backward();
              optimizer->step();
            };
          }};
}

Cases training() {
  namespace optim = torch::optim;
  using torch::nn::Linear;
  const std::int64_t million = 1'000'000;
  const auto conv = [](std::int64_t in, std::int64_t out, std::int64_t padding) {
    return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 5).padding(padding));
  };
  return {
      step_of<optim::SGD>("Sgd step 10M", optim::SGDOptions(1e-3).momentum(0.9), 1, 10 * million),
      step_of<optim::Adam>("Adam step 10M", optim::AdamOptions(1e-3), 1, 10 * million),
      step_of<optim::Adam>("Adam step 10,000 of 10", optim::AdamOptions(1e-3), 10'000, 10),
      step_of<optim::AdamW>("AdamW step 1M", optim::AdamWOptions(1e-3), 1, million),
      train<optim::SGD>("MLP step 784-128-10", {100, 784}, optim::SGDOptions(1e-3),
                        [] { return torch::nn::Sequential(Linear(784, 128), torch::nn::ReLU(), Linear(128, 10)); }),
      train<optim::Adam>("MLP Adam step 512-512-512-10, gelu", {256, 512}, optim::AdamOptions(1e-3),
                         [] {
                           return torch::nn::Sequential(Linear(512, 512), torch::nn::GELU(), Linear(512, 512),
                                                        torch::nn::GELU(), Linear(512, 10));
                         }),
      train<optim::SGD>("LeNet step", {64, 1, 28, 28}, optim::SGDOptions(1e-3),
                        [=] {
                          return torch::nn::Sequential(conv(1, 6, 2), torch::nn::ReLU(), torch::nn::MaxPool2d(2),
                                                       conv(6, 16, 0), torch::nn::ReLU(), torch::nn::MaxPool2d(2),
                                                       torch::nn::Flatten(), Linear(400, 120), torch::nn::ReLU(),
                                                       Linear(120, 10));
                        }),
  };
}

}  // namespace

Cases torch_networks() {
  Cases all = layers();
  for (Timed& one : training()) all.push_back(std::move(one));
  return all;
}

}  // namespace bench_table
