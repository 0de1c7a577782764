// Repeats a small piece of work so many times, for callgrind to count its instructions: W4 (a step of a toy network),
// W6 (a chain of ops and its gradients, on a vector of 16), or the gradients of a reduction, a gather or a convolution.
// They are counted for the SIMD target AVX2.
//   instructions W4|W6|reduction|gather|convolution REPETITIONS
#include <retrograd/retrograd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace rg = retrograd;

namespace {

struct Toy {
  rg::Rng rng{1};
  rg::nn::Mlp model{{2, 8, 1}, rg::nn::Activation::tanh, rng};
  rg::optim::Optimizer<rg::optim::Sgd> optimizer{
      rg::optim::Sgd{.learning_rate = 0.1, .momentum = 0.001, .weight_decay = 1e-4}};
  rg::tools::Dataset samples{rg::tensor({{0, 0}, {255, 0}, {0, 255}, {255, 255}}, rg::uint8),
                             rg::tensor({{0.0}, {1.0}, {1.0}, {0.0}})};
  void repeat() {
    for (auto [inputs, targets] : rg::tools::batches(samples, 4, rng)) {
      rg::Tape tape;
      tape.watch(model);
      optimizer.step(model, tape.gradients(rg::nn::mse(model(inputs), targets)));
    }
  }
};

struct Chain {
  rg::Tensor x = rg::full({16}, 0.5), a = rg::full({16}, 1.01), b = rg::full({16}, 0.01);
  void repeat() {
    rg::Tape tape;
    for (const rg::Tensor* variable : {&x, &a, &b}) tape.watch(*variable);
    rg::Tensor y = x;
    for (int i = 0; i < 3000; ++i) y = i % 3 == 0 ? y * a : i % 3 == 1 ? y + b : rg::tanh(y);
    const rg::Gradients gradients = tape.gradients(rg::sum(y));
    static_cast<void>(gradients);
  }
};

struct Reduction {
  rg::Tensor x = rg::reshape(rg::arange(64, rg::float32), {8, 8});
  void repeat() {
    rg::grad([](const rg::Tensor& at) { return rg::sum(rg::max(at, 1)); })(x);
  }
};

struct Gather {
  rg::Tensor table = rg::reshape(rg::arange(256, rg::float32), {16, 16});
  rg::Tensor rows = rg::tensor({3, 1, 4, 1, 5, 9, 2, 6}, rg::int64);
  void repeat() {
    rg::grad([&](const rg::Tensor& at) { return rg::sum(rg::square(rg::take(at, rows, 0))); })(table);
  }
};

struct Convolution {
  rg::Rng rng{1};
  rg::nn::Conv2d layer{2, 4, 3, rng};
  rg::Tensor image = rg::normal({1, 2, 8, 8}, 0, 1, rng);
  void repeat() {
    rg::grad([&](const rg::nn::Conv2d& at) { return rg::sum(rg::square(at(image))); })(layer);
  }
};

template <class Work>
void repeat(int times) {
  Work work;
  for (int i = 0; i < times; ++i) work.repeat();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  if (rg::simd_target() != "avx2") {
    std::printf("skipped: the instructions are known for the SIMD target avx2, here it is %s\n",
                rg::simd_target().c_str());
    return 0;
  }
  rg::set_threads(1);
  const std::string work = argv[1];
  const int times = std::atoi(argv[2]);
  if (work == "W4") repeat<Toy>(times);
  if (work == "W6") repeat<Chain>(times);
  if (work == "reduction") repeat<Reduction>(times);
  if (work == "gather") repeat<Gather>(times);
  if (work == "convolution") repeat<Convolution>(times);
}
