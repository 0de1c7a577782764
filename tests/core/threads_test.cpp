#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <thread>

namespace retrograd::tests {

namespace {

class Threads {
 public:
  explicit Threads(int count) : before_(threads()) { set_threads(count); }
  ~Threads() { set_threads(before_); }

 private:
  int before_;
};

std::vector<float> a_training_run() {
  Rng rng(3);
  nn::Mlp model{{300, 257, 10}, nn::Activation::relu, rng};
  optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.1, .momentum = 0.9}};
  const Tensor x = normal({333, 300}, 0, 1, rng), t = argmax(normal({333, 10}, 0, 1, rng), 1);
  for (int step = 0; step < 3; ++step) {
    Tape tape;
    tape.watch(model);
    optimizer.step(model, tape.gradients(nn::softmax_cross_entropy(model(x), t)));
  }
  std::vector<float> all;
  for (const auto& [name, parameter] : parameters(model))
    for (float v : parameter.to_vector<float>()) all.push_back(v);
  return all;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("training gives the same bits on 1, 2, 3 and 4 threads") {
  std::vector<float> one;
  {
    const Threads single(1);
    one = a_training_run();
  }
  for (int count : {2, 3, 4}) {
    const Threads several(count);
    CHECK(same_bits(a_training_run(), one));
  }
}

TEST_CASE("products agree with a plain loop for awkward shapes on several threads") {
  const Threads several(3);
  Rng rng(8);
  for (const auto& [m, k, n] : std::vector<std::array<std::int64_t, 3>>{
           {1, 1000, 700}, {700, 1000, 1}, {129, 65, 513}, {513, 65, 129}, {1000, 784, 33}}) {
    const Tensor a = normal({m, k}, 0, 1, rng), b = normal({k, n}, 0, 1, rng);
    const auto c = matmul(a, b).to_vector<double>(),
               wide = matmul(astype(a, float64), astype(b, float64)).to_vector<double>();
    const auto left = a.to_vector<double>(), right = b.to_vector<double>();
    for (std::int64_t i = 0; i < m; i += 97)
      for (std::int64_t j = 0; j < n; j += 89) {
        double expected = 0;
        for (std::int64_t l = 0; l < k; ++l)
          expected += left[static_cast<std::size_t>(i * k + l)] * right[static_cast<std::size_t>(l * n + j)];
        CHECK(std::abs(c[static_cast<std::size_t>(i * n + j)] - expected) < 2e-3);
        CHECK(std::abs(wide[static_cast<std::size_t>(i * n + j)] - expected) < 1e-11);
      }
  }
}

TEST_CASE("callers on several threads get their own right results while they share the pool") {
  const Threads several(2);
  Rng rng(8);
  const Tensor a = normal({300, 300}, 0, 1, rng), b = normal({300, 300}, 0, 1, rng);
  const auto alone = matmul(a, b).to_vector<float>();
  std::vector<std::thread> callers;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t)
    callers.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) wrong[t] += !same_bits(matmul(a, b).to_vector<float>(), alone);
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("every tile is done exactly once") {
  const Threads several(4);
  std::vector<std::atomic<int>> done(1000);
  for (int round = 0; round < 50; ++round)
    detail::parallel_for(1000, [&](std::int64_t i) { ++done[static_cast<std::size_t>(i)]; });
  for (const auto& count : done) REQUIRE(count == 50);
}

TEST_CASE("a number of threads below one is refused") {
  CHECK_THROWS_WITH_AS(set_threads(0), "set_threads: from 1 to 1024, got 0", Error);
}

TEST_CASE("a forked child computes with workers of its own") {
  const Threads several(2);
  const Tensor a = ones({400, 400});
  CHECK(matmul(a, a).to_vector<float>()[0] == 400);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    _exit(matmul(a, a).to_vector<float>()[0] == 400 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
}

}  // namespace retrograd::tests
