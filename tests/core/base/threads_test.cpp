#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cmath>
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
    detail::parallel_for(1000, detail::kSharedSteps, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) ++done[static_cast<std::size_t>(i)];
    });
  for (const auto& count : done) REQUIRE(count == 50);
}

TEST_CASE("a number of threads below one is refused") {
  CHECK_THROWS_WITH_AS(set_threads(0), "set_threads: the number of threads must be from 1 to 1024, got 0", Error);
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

TEST_CASE("a forked child is free of what other threads were doing") {
  std::atomic<bool> ends{false};
  Rng rng(2);
  const nn::Linear layer(8, 6, rng);
  const Tensor x = normal({4, 8}, 0, 1, rng);
  const Tensor wide = normal({70, 64}, 0, 1, rng), few = normal({3, 70}, 0, 1, rng);
  std::vector<std::thread> others;
  others.emplace_back([&] {
    while (!ends) static_cast<void>(memory());
  });
  for (int t = 0; t < 2; ++t)
    others.emplace_back([&] {
      while (!ends) {
        std::thread([&] {  // whose memory and logs are its own, and come back at its end
          const nn::Linear own = alias(layer);
          Tape tape;
          tape.watch(own);
          static_cast<void>(tape.gradients(sum(own(x))));
        })
            .join();
        const Tensor weight = alias(wide);
        Tape tape;
        tape.watch(weight);
        const Gradients waiting = tape.gradients(sum(matmul(few, weight)));  // a product that nobody asks for
      }
    });
  const Tensor held = alias(wide);
  const Gradients inherited = [&] {
    Tape tape;
    tape.watch(held);
    return tape.gradients(sum(matmul(few, held)));
  }();
  const float expected = sum(few).item<float>();
  int failed = 0;
  for (int round = 0; round < 100; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(30);
      const Memory now = memory();
      const nn::Linear own = alias(layer);
      Tape tape;
      tape.watch(own);
      const Gradients g = tape.gradients(sum(own(x)));
      const bool right = sum(g[own.bias]).item<float>() == 24;
      const float found = sum(inherited[held]).item<float>() / 64;
      std::thread([&] { static_cast<void>(full({100}, 1)); }).join();
      _exit(right && now.live_bytes > 0 && std::abs(found - expected) < 1e-3f ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    failed += status != 0;
  }
  ends = true;
  for (std::thread& other : others) other.join();
  CHECK(failed == 0);
}

TEST_CASE("threads that each watch an alias of one model have the gradients of its parts, to the bit") {
  Rng rng(9);
  nn::Mlp model{{12, 90, 5}, nn::Activation::tanh, rng};
  constexpr std::size_t kParts = 4;
  std::vector<Tensor> xs, ts;
  for (std::size_t i = 0; i < kParts; ++i) {
    xs.push_back(normal({6, 12}, 0, 1, rng));
    ts.push_back(argmax(normal({6, 5}, 0, 1, rng), 1));
  }
  const auto part_of = [&](const nn::Mlp& of, std::size_t i) {
    Tape tape;
    tape.watch(of);
    return tape.gradients(nn::softmax_cross_entropy(of(xs[i]), ts[i]));
  };
  nn::Mlp one = clone(model);
  optim::Optimizer first{optim::Sgd{.learning_rate = 0.5, .momentum = 0.9}}, second = first;
  for (int step = 0; step < 3; ++step) {
    Gradients expected;
    for (std::size_t i = 0; i < kParts; ++i) expected += part_of(one, i);
    expected *= 1.0 / kParts;
    first.step(one, expected);

    std::vector<Gradients> parts(kParts);
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < kParts; ++i) workers.emplace_back([&, i] { parts[i] = part_of(alias(model), i); });
    for (std::thread& worker : workers) worker.join();
    Gradients sum;
    for (const Gradients& part : parts) sum += part;
    sum *= 1.0 / kParts;
    CHECK(sum.begin()->name() == "layers.0.weight");
    second.step(model, sum);
    for (std::size_t i = 0; i < parameters(model).size(); ++i)
      CHECK(same_bits(parameters(model)[i].tensor.to_vector<float>(), parameters(one)[i].tensor.to_vector<float>()));
  }
}

// The thread sanitizer's: each tensor is given a name that is new, by whichever thread is there first.
TEST_CASE("two threads may name the tensors they watch at once") {
  std::vector<std::vector<std::vector<Tensor>>> models(300);
  for (std::size_t k = 0; k < models.size(); ++k) {
    models[k].resize(k + 1);
    models[k][k].push_back(full({8}, 1));
  }
  std::array<std::atomic<std::size_t>, 2> begun{};
  std::atomic<int> watched{0};
  std::vector<std::thread> workers;
  for (std::size_t t = 0; t < 2; ++t)
    workers.emplace_back([&, t] {
      for (std::size_t k = 0; k < models.size(); ++k) {
        begun[t].store(k, std::memory_order_relaxed);  // which orders nothing else
        while (begun[1 - t].load(std::memory_order_relaxed) < k) std::this_thread::yield();
        try {
          Tape tape;
          tape.watch(models[k]);
          ++watched;
        } catch (const TapeError&) {  // the other thread has it
        }
      }
      begun[t].store(models.size(), std::memory_order_relaxed);
    });
  for (std::thread& worker : workers) worker.join();
  CHECK(watched >= static_cast<int>(models.size()));
}

}  // namespace retrograd::tests
