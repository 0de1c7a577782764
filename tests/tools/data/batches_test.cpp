#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

namespace retrograd::tests {

namespace {

using Values = std::vector<std::vector<float>>;

template <class Pass>
Values values_of(const Pass& pass) {
  Values all;
  for (const Tensor& batch : pass) all.push_back(batch.template to_vector<float>());
  return all;
}

Tensor numbers(std::int64_t n) { return arange(n, float32); }

}  // namespace

TEST_CASE("tensors go through batches alone, in pairs and in tuples, all in one order") {
  Rng rng(3);
  const Tensor x = numbers(7), y = -numbers(7), z = reshape(arange(14), {7, 2});
  for (const Tensor& batch : tools::batches(x, 3, rng)) CHECK(batch.dtype() == float32);
  std::int64_t seen = 0;
  for (auto [a, b] : tools::batches(std::pair{x, y}, 3, rng)) {
    CHECK(sum(abs(a + b)).item<float>() == 0);
    seen += a.size();
  }
  CHECK(seen == 7);
  for (auto [a, b, c] : tools::batches(std::tuple{x, y, z}, 2, rng)) {
    CHECK(sum(abs(a + b)).item<float>() == 0);
    CHECK(c.shape() == Shape{a.size(), 2});
    CHECK(astype(slice(c, 1, 0, 1), float32).to_vector<float>() == (2 * a).to_vector<float>());
  }
}

TEST_CASE("without an Rng samples keep their own order") {
  CHECK(values_of(tools::batches(numbers(5), 2)) == Values{{0, 1}, {2, 3}, {4}});
  const tools::Dataset set{numbers(3), arange(3)};
  std::vector<std::int64_t> targets;
  for (auto [inputs, labels] : tools::batches(set, 2)) {
    CHECK(inputs.to_vector<std::int64_t>() == labels.to_vector<std::int64_t>());
    for (auto label : labels.to_vector<std::int64_t>()) targets.push_back(label);
  }
  CHECK(targets == std::vector<std::int64_t>{0, 1, 2});
}

TEST_CASE("a last batch that is smaller can be left out") {
  const auto pass = tools::batches(numbers(7), 3, {.drop_last = true});
  CHECK(pass.size() == 2);
  CHECK(values_of(pass) == Values{{0, 1, 2}, {3, 4, 5}});
  CHECK(tools::batches(numbers(6), 3, {.drop_last = true}).size() == 2);
  CHECK(values_of(tools::batches(numbers(7), 3, {.drop_last = true, .prefetch = 4})) == values_of(pass));
}

TEST_CASE("prefetching changes no bit of any batch") {
  const tools::Dataset set{reshape(astype(arange(256), uint8), {64, 4}), arange(64)};
  const auto pass = [&](std::int64_t prefetch) {
    Rng rng(9);
    Values all;
    for (int epoch = 0; epoch < 3; ++epoch)
      for (auto [inputs, targets] : tools::batches(set, 5, rng, {.prefetch = prefetch})) {
        all.push_back(inputs.to_vector<float>());
        all.push_back(targets.to_vector<float>());
      }
    return all;
  };
  const Values plain = pass(0);
  CHECK(plain.size() == 3 * 13 * 2);
  for (std::int64_t prefetch : {1, 2, 5, 1000}) CHECK(pass(prefetch) == plain);
}

TEST_CASE("a pass can be gone through again, with and without prefetching") {
  Rng rng(2);
  for (std::int64_t prefetch : {0, 2}) {
    const auto pass = tools::batches(numbers(9), 4, rng, {.prefetch = prefetch});
    const Values first = values_of(pass);
    CHECK(values_of(pass) == first);
    CHECK(first.size() == 3);
  }
}

TEST_CASE("a source of samples stacks them, and is asked in the order of the pass") {
  for (std::int64_t prefetch : {0, 3}) {
    std::vector<std::int64_t> asked;
    const tools::Source source{10, [&](std::int64_t i) {
                                 asked.push_back(i);
                                 return tools::Batch{full({2, 3}, static_cast<double>(i)), tensor(i)};
                               }};
    Rng rng(4);
    std::vector<std::int64_t> seen;
    for (auto [inputs, targets] : tools::batches(source, 4, rng, {.prefetch = prefetch})) {
      CHECK(inputs.shape() == Shape{targets.size(), 2, 3});
      CHECK(targets.dtype() == int64);
      CHECK(mean(inputs, {1, 2}).to_vector<std::int64_t>() == targets.to_vector<std::int64_t>());
      for (auto target : targets.to_vector<std::int64_t>()) seen.push_back(target);
    }
    CHECK(asked == seen);
    CHECK(seen.size() == 10);
  }
}

TEST_CASE("a batch that is looked at twice is made once") {
  for (std::int64_t prefetch : {0, 2}) {
    int calls = 0;
    const tools::Source source{3, [&](std::int64_t) { return tensor(++calls); }};
    const auto pass = tools::batches(source, 1, {.prefetch = prefetch});
    int expected = 0;
    for (auto it = pass.begin(); it != pass.end(); ++it) {
      CHECK((*it).item<int>() == ++expected);
      CHECK((*it).item<int>() == expected);
    }
    CHECK(expected == 3);
  }
}

TEST_CASE("a source of batches returns what it likes") {
  struct Text {
    std::string line;
    std::int64_t count;
  };
  const tools::Source source{5, [](tools::Rows rows) {
                               Text text{"", static_cast<std::int64_t>(rows.size())};
                               for (std::int64_t row : rows) text.line += std::to_string(row);
                               return text;
                             }};
  std::string all;
  for (const Text& text : tools::batches(source, 2, {.prefetch = 1})) all += text.line + "/";
  CHECK(all == "01/23/4/");
}

TEST_CASE("what a source computes is not on the tape") {
  Tape tape;
  const Tensor x = ones({3});
  tape.watch(x);
  const tools::Source source{2, [&](std::int64_t) { return exp(x); }};
  for (const Tensor& batch : tools::batches(source, 2)) CHECK(!detail::is_tracked(batch));
}

TEST_CASE("a source is asked outside the training mode of the loop") {
  Rng rng(1);
  const nn::Training training{rng};
  for (std::int64_t prefetch : {0, 2}) {
    const tools::Source source{4, [](std::int64_t) { return tensor(nn::training() ? 1.0 : 0.0); }};
    for (const Tensor& batch : tools::batches(source, 2, {.prefetch = prefetch})) CHECK(sum(batch).item<float>() == 0);
    CHECK(nn::training() == &rng);
  }
}

TEST_CASE("samples that differ in shape or dtype are refused") {
  const tools::Source shapes{3, [](std::int64_t i) { return std::pair{ones({2}), ones({i})}; }};
  CHECK_THROWS_WITH_AS(values_of(tools::batches(tools::Source{3, [](std::int64_t i) { return ones({i}); }}, 3)),
                       "batches: part 0 of sample 1: expected (0,) like the previous samples, found (1,)", ShapeError);
  const auto go = [&](auto pass) {
    for (auto [a, b] : pass) CHECK(a.size() == b.size());
  };
  CHECK_THROWS_WITH_AS(go(tools::batches(shapes, 3, {.prefetch = 1})),
                       "batches: part 1 of sample 1: expected (0,) like the previous samples, found (1,)", ShapeError);
  const tools::Source dtypes{2, [](std::int64_t i) { return i == 0 ? ones({1}) : ones({1}, float64); }};
  CHECK_THROWS_WITH_AS(values_of(tools::batches(dtypes, 2)),
                       "batches: part 0 of sample 1: expected float32 like the previous samples, found float64",
                       DtypeError);
}

TEST_CASE("an exception of a source comes where its batch would have come") {
  for (std::int64_t prefetch : {0, 1, 2, 8}) {
    const tools::Source source{8, [](std::int64_t i) {
                                 if (i == 5) throw std::runtime_error("sample 5 is lost");
                                 return tensor(i);
                               }};
    std::size_t seen = 0;
    const auto go = [&] {
      for (const Tensor& batch : tools::batches(source, 2, {.prefetch = prefetch})) seen += batch.defined();
    };
    CHECK_THROWS_WITH_AS(go(), "sample 5 is lost", std::runtime_error);
    CHECK(seen == 2);
  }
}

TEST_CASE("behind a sample that is lost the pass goes on, with and without prefetching") {
  for (std::int64_t prefetch : {0, 1, 8}) {
    const tools::Source source{8, [](std::int64_t i) {
                                 if (i == 5) throw std::runtime_error("sample 5 is lost");
                                 return tensor(i);
                               }};
    const auto pass = tools::batches(source, 2, {.prefetch = prefetch});
    std::vector<std::int64_t> seen;
    int lost = 0;
    for (auto it = pass.begin(); it != pass.end(); ++it) try {
        for (auto value : (*it).to_vector<std::int64_t>()) seen.push_back(value);
      } catch (const std::runtime_error&) {
        ++lost;
      }
    CHECK(lost == 1);
    CHECK(seen == std::vector<std::int64_t>{0, 1, 2, 3, 6, 7});
  }
}

TEST_CASE("a loop that is left early ends the thread, and the source is asked no more than it was allowed") {
  std::atomic<int> calls{0};
  const tools::Source source{1000, [&](std::int64_t i) {
                               ++calls;
                               return tensor(i);
                             }};
  for (int round = 0; round < 20; ++round) {
    calls = 0;
    int seen = 0;
    for (const Tensor& batch : tools::batches(source, 1, {.prefetch = 3})) {
      CHECK(batch.item<int>() == seen);
      if (++seen == round) break;
    }
    const int at_the_end = calls;
    CHECK(at_the_end <= (round == 0 ? 1000 : round + 3));
    std::this_thread::yield();
    CHECK(calls == at_the_end);
  }
}

TEST_CASE("a loop may throw while batches are made ahead") {
  const auto go = [] {
    for (const Tensor& batch : tools::batches(numbers(100), 1, {.prefetch = 4}))
      if (batch.item<int>() == 3) throw std::runtime_error("enough");
  };
  CHECK_THROWS_WITH_AS(go(), "enough", std::runtime_error);
}

TEST_CASE("batches are made ahead while the loop works, and no further than asked") {
  std::atomic<int> calls{0};
  const tools::Source source{50, [&](std::int64_t i) {
                               ++calls;
                               return tensor(i);
                             }};
  int at = 0;
  for (const Tensor& batch : tools::batches(source, 1, {.prefetch = 2})) {
    const int due = std::min(at + 3, 50);
    while (calls < due) std::this_thread::yield();  // or this test never ends
    CHECK(calls == due);
    CHECK(batch.item<int>() == at++);
  }
}

TEST_CASE("a network trains to the same bits with batches made ahead") {
  const auto trained = [](std::int64_t prefetch) {
    Rng rng(1);
    nn::Mlp model{{6, 5, 2}, nn::Activation::relu, rng};
    optim::Optimizer optimizer{optim::Sgd{.learning_rate = 0.1}};
    const tools::Dataset set{astype(randint({40, 6}, 0, 256, rng), uint8), randint({40}, 0, 2, rng)};
    for (int epoch = 0; epoch < 3; ++epoch)
      for (auto [inputs, targets] : tools::batches(set, 7, rng, {.prefetch = prefetch})) {
        Tape tape;
        tape.watch(model);
        optimizer.step(model, tape.gradients(nn::softmax_cross_entropy(model(inputs), targets)));
      }
    return model.layers[0].weight.to_vector<float>();
  };
  CHECK(trained(2) == trained(0));
}

TEST_CASE("an order of the user's is followed, and refused where it is none of these samples") {
  const tools::Tensors source{numbers(3)};
  const auto pass = [&](const Tensor& order, std::int64_t size = 2) {
    return values_of(tools::Batches{source, size, order, {}});
  };
  CHECK(pass(tensor({2, 0, 0})) == Values{{2, 0}, {0}});
  CHECK(pass(transpose(tensor({{2, 9}, {1, 9}, {0, 9}}))[0]) == Values{{2, 1}, {0}});
  CHECK_THROWS_WITH_AS(pass(numbers(3)), "batches: the order must be int64, got float32", DtypeError);
  CHECK_THROWS_WITH_AS(pass(arange(2)), "batches: the order of 3 samples must be (3,), got (2,)", ShapeError);
  CHECK_THROWS_WITH_AS(pass(arange(1, 4)), "batches: the order contains 3, which is out of range for 3 samples", Error);
  CHECK_THROWS_WITH_AS(pass(-arange(3)), "batches: the order contains -1, which is out of range for 3 samples", Error);
  CHECK_THROWS_WITH_AS(pass(arange(3), 0), "batches: the batch size must be from 1 to 3, the number of samples, got 0",
                       Error);
}

TEST_CASE("batches that do not fit are refused before any is made") {
  CHECK_THROWS_WITH_AS(tools::batches(std::pair{zeros({3, 2}), zeros({4})}, 1),
                       "batches: (3, 2) and (4,) differ in the number of samples", ShapeError);
  CHECK_THROWS_WITH_AS(tools::batches(std::tuple{tensor(1.0)}, 1), "batches: a scalar has no axis of samples",
                       ShapeError);
  CHECK_THROWS_WITH_AS(tools::batches(numbers(3), 1, {.prefetch = -1}), "batches: prefetch cannot be negative, got -1",
                       Error);
  CHECK_THROWS_WITH_AS(tools::batches(numbers(3), 4, {.drop_last = true}),
                       "batches: the batch size must be from 1 to 3, the number of samples, got 4", Error);
  CHECK_THROWS_WITH_AS((tools::Source{-1, [](std::int64_t i) { return tensor(i); }}),
                       "Source: the number of samples cannot be negative, got -1", Error);
  CHECK_THROWS_AS(tools::batches(tools::Source{0, [](std::int64_t i) { return tensor(i); }}, 1), Error);
}

TEST_CASE("a forked child goes on with a pass whose batches were made ahead, and leaves it") {
  Rng rng(3);
  const Tensor x = normal({64, 5}, 0, 1, rng);
  const auto pass = tools::batches(x, 4, {.prefetch = 3});
  const Values expected = values_of(tools::batches(x, 4, tools::BatchOptions{}));
  for (int round = 0; round < 20; ++round) {
    auto at = std::make_optional(pass.begin());
    for (int i = 0; i < round % 5; ++i) ++*at;
    const pid_t child = fork();
    if (child == 0) {
      alarm(30);
      bool right = true;
      for (std::size_t i = static_cast<std::size_t>(round % 5); *at != pass.end(); ++*at, ++i)
        right = right && (**at).to_vector<float>() == expected[i];
      at.reset();
      _exit(right ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
  }
}

}  // namespace retrograd::tests
