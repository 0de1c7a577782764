// Gradients of embedding tables, which optimizers take as rows.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {

struct Table {
  Tensor rows;
  static void fields(auto& self, auto&& visit) { visit("rows", self.rows); }
};

constexpr std::int64_t kRows = 600, kWidth = 17;

Table table() {
  Rng rng(1);
  return {normal({kRows, kWidth}, 0, 1, rng)};
}
// Some rows occur many times, and rows from 300 on not at all.
Tensor words(std::int64_t step) {
  Rng rng(static_cast<std::uint64_t>(step));
  return concatenate({randint({100}, 0, 300, rng), full({90}, 7, int64)}, 0);
}

// The table after three steps; with `dense` the gradient arrives as a whole.
template <class Rule>
Table trained(Rule rule, bool dense) {
  Table model = table();
  optim::Optimizer optimizer{rule};
  for (std::int64_t step = 1; step <= 3; ++step) {
    Tape tape;
    tape.watch(model);
    const Tensor read = take(model.rows, words(step), 0);
    const Tensor loss = mean(square(read)), whole = dense ? loss + 0 * sum(model.rows) : loss;
    const Gradients g = tape.gradients(whole);
    CHECK((g.begin()->deferred != nullptr) == !dense);
    optimizer.step(model, g);
  }
  return model;
}

}  // namespace

TEST_CASE("a table updated by the rows of its gradient is the same as by the whole") {
  const int before = threads();
  for (int count : {1, 3}) {
    set_threads(count);
    CHECK(array_equal(trained(optim::Sgd{0.5}, false).rows, trained(optim::Sgd{0.5}, true).rows));
    const optim::Sgd momentum{.learning_rate = 0.5, .momentum = 0.9, .weight_decay = 0.1};
    CHECK(array_equal(trained(momentum, false).rows, trained(momentum, true).rows));
    CHECK(array_equal(trained(optim::Adagrad{0.5}, false).rows, trained(optim::Adagrad{0.5}, true).rows));
    const optim::Adagrad initial{.learning_rate = 0.5, .initial_accumulator = 0.1};
    CHECK(array_equal(trained(initial, false).rows, trained(initial, true).rows));
    CHECK(array_equal(trained(optim::Adam{0.5}, false).rows, trained(optim::Adam{0.5}, true).rows));
  }
  set_threads(before);
}

TEST_CASE("rows without gradient are left alone where the rule leaves zeros alone") {
  const auto last_after = [](auto rule) {
    Table model = table();
    Tensor last = model.rows[kRows - 1];
    fill(last, INFINITY);  // times a gradient or a decay of 0 it is NaN
    optim::Optimizer optimizer{rule};
    Tape tape;
    tape.watch(model);
    optimizer.step(model, tape.gradients(sum(square(take(model.rows, words(1), 0)))));
    return model.rows(-1, 0).template item<double>();
  };
  CHECK(last_after(optim::Sgd{}) == INFINITY);
  CHECK(last_after(optim::Adagrad{}) == INFINITY);
  CHECK(last_after(optim::Adam{.lazy = true}) == INFINITY);
  CHECK(std::isnan(last_after(optim::Sgd{.momentum = 0.5})));
}

TEST_CASE("a lazy Adam moves only rows that have a gradient, and their moments") {
  for (const bool lazy : {false, true}) {
    Table model = table();
    const Tensor start = detail::copy_values(model.rows);
    optim::Optimizer optimizer{optim::AdamW{.learning_rate = 0.1, .weight_decay = 0, .lazy = lazy}};
    const auto step = [&](const Tensor& indices) {
      Tape tape;
      tape.watch(model);
      optimizer.step(model, tape.gradients(sum(square(take(model.rows, indices, 0)))));
    };
    step(tensor({3, 5}));
    const Tensor once = detail::copy_values(model.rows);
    CHECK(!array_equal(once[3], start[3]));
    CHECK(array_equal(once[4], start[4]));
    step(tensor({5, -1}));
    CHECK(array_equal(model.rows[3], once[3]) == lazy);  // its first moment goes on otherwise
    CHECK(!array_equal(model.rows[5], once[5]));
    CHECK(!array_equal(model.rows[-1], once[-1]));
  }
}

TEST_CASE("rows of a gradient have the values that they had, whatever is written afterwards") {
  Table model = table();
  Tensor indices = tensor({3, 3, 9}), cotangent = ones({3, kWidth});
  Gradients g;
  {
    Tape tape;
    tape.watch(model);
    const Tensor y = take(model.rows, indices, 0);
    g = tape.gradients(y, cotangent);
  }
  REQUIRE(g.begin()->deferred);
  fill(indices, 0);
  fill(cotangent, 5);
  Tensor expected = zeros({kRows, kWidth}), third = expected[3], ninth = expected[9];
  fill(third, 2);
  fill(ninth, 1);
  CHECK(array_equal(g[model.rows], expected));
  CHECK(array_equal(detail::copy_values((g *= 2)[model.rows]), 2 * expected));
}

}  // namespace retrograd::tests
