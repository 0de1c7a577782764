// In a program of its own, with a heap that refuses: what changes a model changes all of it, or nothing.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <algorithm>
#include <array>

#include "../heap.h"

namespace retrograd::tests {

namespace {

template <class Model>
std::vector<float> values_of(const Model& model) {
  std::vector<float> all;
  for (const auto& [name, tensor] : state(model))
    for (float v : tensor.template to_vector<float>()) all.push_back(v);
  return all;
}

struct Wide {
  Tensor wide, narrow;
  static void fields(auto& self, auto&& visit) {
    visit("wide", self.wide);
    visit("narrow", self.narrow);
  }
};

struct Turned {
  Tensor values;
  static void fields(auto& self, auto&& visit) { visit("values", self.values); }
};
struct Point {
  Tensor at;
  static void fields(auto& self, auto&& visit) { visit("at", self.at); }
};

// The gradient of `wide` waits as a product whose tiles the step uses up one by one.
struct Setting {
  Rng rng{7};
  Wide model{normal({300, 200}, 0, 0.1, rng), normal({200, 3}, 0, 1, rng)};
  Tensor x = normal({4, 300}, 0, 1, rng);
  Gradients gradients_of(const Wide& of) const {
    Tape tape;
    tape.watch(of);
    return tape.gradients(sum(square(matmul(tanh(matmul(x, of.wide)), of.narrow))));
  }
};

// Calls attempt(n) with the n-th allocation refused, until none is.
template <class Attempt>
long refuse_each(Attempt attempt) {
  for (long n = 1;; ++n)
    if (!attempt(n)) return n - 1;
}

}  // namespace

TEST_CASE("an optimizer step that finds no memory has changed nothing") {
  const int before = threads();
  const Setting setting;
  const std::vector<float> start = values_of(setting.model);
  std::vector<float> expected;
  {
    Wide model = clone(setting.model);
    optim::Optimizer adam{optim::Adam{.learning_rate = 0.1}};
    adam.step(model, setting.gradients_of(model));
    expected = values_of(model);
  }
  for (int count : {1, 3})
    CHECK(refuse_each([&](long n) {
            set_threads(count == 1 ? 1 : 2 + static_cast<int>(n % 2));  // workers are started anew
            Wide model = clone(setting.model);
            const Gradients g = setting.gradients_of(model);
            REQUIRE(g.begin()->deferred);
            optim::Optimizer adam{optim::Adam{.learning_rate = 0.1}};
            release_pooled();
            bool is_done = false;
            refuse_allocation(n);
            try {
              adam.step(model, g);
              is_done = true;
            } catch (const std::bad_alloc&) {
            }
            const bool was_refused = stop_refusing();
            REQUIRE(adam.steps() == (is_done ? 1 : 0));
            if (!is_done) {
              REQUIRE(values_of(model) == start);
              adam.step(model, g);
            }
            REQUIRE(values_of(model) == expected);
            return was_refused;
          }) > 5);
  set_threads(before);
}

TEST_CASE("an average that finds no memory has changed nothing") {
  Setting setting;
  std::array<Turned, 2> model{Turned{normal({30, 40}, 0, 1, setting.rng)}, Turned{normal({20, 5}, 0, 1, setting.rng)}};
  optim::Ema ema{model, 0.5};
  const std::vector<float> start = values_of(ema.model());
  model[0].values = transpose(normal({40, 30}, 0, 1, setting.rng));
  model[1].values = transpose(normal({5, 20}, 0, 1, setting.rng));
  CHECK(refuse_each([&](long n) {
          optim::Ema own = ema;
          release_pooled();
          refuse_allocation(n);
          bool is_done = false;
          try {
            own.update(model);
            is_done = true;
          } catch (const std::bad_alloc&) {
          }
          const bool was_refused = stop_refusing();
          REQUIRE((values_of(own.model()) == start) != is_done);
          REQUIRE(own.updates() == (is_done ? 1 : 0));
          return was_refused;
        }) >= 2);
}

TEST_CASE("a minimization that finds no memory leaves the best point before") {
  const auto f = [](const Point& point) {  // Rosenbrock's valley
    const Tensor x = point.at[0], y = point.at[1];
    return square(1 - x) + 100 * square(y - square(x));
  };
  const double start = f(Point{tensor({-1.2, 1.0}, float64)}).item<double>();
  {  // What a thread makes once, and the C library ends the program for want of memory of, is there from here on.
    Point once{tensor({-1.2, 1.0}, float64)};
    optim::minimize(f, once, optim::Lbfgs{.max_iterations = 1});
  }
  long refused = 0;
  for (long n = 1;; n += 1 + n / 50) {
    Point point{tensor({-1.2, 1.0}, float64)};
    std::vector<double> seen;
    seen.reserve(2000);
    release_pooled();
    refuse_allocation(n);
    bool is_done = false;
    try {
      optim::minimize(
          [&](const Point& here) {
            const Tensor loss = f(here);
            seen.push_back(loss.item<double>());
            return loss;
          },
          point, optim::Lbfgs{.max_iterations = 15});
      is_done = true;
    } catch (const std::bad_alloc&) {
    }
    const bool was_refused = stop_refusing();
    const double reached = f(point).item<double>();
    REQUIRE(reached <= start);
    if (!is_done) REQUIRE((reached == start || std::find(seen.begin(), seen.end(), reached) != seen.end()));
    if (!was_refused) break;
    ++refused;
  }
  CHECK(refused > 20);
}

}  // namespace retrograd::tests
