#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

namespace {
using Ints = std::vector<int>;
}

TEST_CASE("take and take_along_axis read every dtype") {
  CHECK(take(tensor({10, 20, 30}), tensor({-1, 0}), 0).to_vector<int>() == Ints{30, 10});
  CHECK(take(tensor({true, false}), tensor({1, 1, 0}), 0).to_vector<bool>() == std::vector<bool>{false, false, true});
  CHECK(take(tensor({{1, 2}, {3, 4}}, uint8), tensor({1}), 1).to_vector<int>() == Ints{2, 4});
  CHECK(take_along_axis(tensor({{3, 1}, {5, 7}}), tensor({{1}, {0}}), 1).to_vector<int>() == Ints{1, 5});
}

TEST_CASE("take_along_axis of argmax is max") {
  Rng rng(2);
  const Tensor x = normal({5, 7}, 0, 1, rng);
  CHECK(take_along_axis(x, expand_dims(argmax(x, 1), 1), 1).to_vector<double>() == max(x, 1, true).to_vector<double>());
}

TEST_CASE("equal indices add up in their order, beside x itself") {
  const Tensor x = tensor({1.0, 2.0, 3.0});
  const Tensor y = scatter_add(x, tensor({1, 1, -1, 1}), tensor({0.25, 0.5, 10.0, 1.0}), 0);
  CHECK(y.to_vector<double>() == std::vector<double>{1, 3.75, 13});
  CHECK(x.to_vector<int>() == Ints{1, 2, 3});
  // In the order of the indices the small ones are lost in float32, in another they are not.
  const Tensor big = scatter_add(zeros({1}), zeros({3}, int64), tensor({1e8, 1.0, -1e8}), 0);
  CHECK(big.item<double>() == 0);
  CHECK(scatter_add(tensor({5, 5}), tensor({0, 0}), tensor({1, 2}), 0).to_vector<int>() == Ints{8, 5});
}

TEST_CASE("the gradient of a table of embeddings has the rows that were read") {
  const Tensor table = reshape(arange(8, float64), {4, 2});
  const Tensor words = tensor({{2, 0}, {2, -1}});
  const Tensor d =
      grad([&](const Tensor& t) { return sum(take(t, words, 0)) + sum(square(take(t, tensor({0}), 0))); })(table);
  CHECK(d.to_vector<int>() == Ints{1, 3, 0, 0, 2, 2, 1, 1});
}

TEST_CASE("indices that a rule needs are not written while the tape is open") {
  const Tensor x = ones({3});
  Tensor indices = tensor({0, 2});
  Tape tape;
  tape.watch(x);
  const Tensor y = sum(take(x, indices, 0));
  CHECK_THROWS_AS(indices.mutable_data<std::int64_t>(), TapeError);
  CHECK(tape.gradients(y)[x].to_vector<int>() == Ints{1, 0, 1});
  indices.mutable_data<std::int64_t>()[0] = 1;
}

TEST_CASE("large tables are read in chunks and stay whole") {
  const Tensor table = reshape(arange(3000, float32), {1000, 3});
  Rng rng(4);
  const Tensor words = randint({50'000}, 0, 1000, rng);
  const auto rows = take(table, words, 0).to_vector<float>();
  const auto index = words.to_vector<std::int64_t>();
  for (std::size_t i = 0; i < index.size(); ++i)
    for (std::size_t k = 0; k < 3; ++k)
      REQUIRE(rows[3 * i + k] == static_cast<float>(3 * index[i]) + static_cast<float>(k));
}

TEST_CASE("triangles and margins are zero whatever stood there") {
  const double inf = INFINITY;
  const Tensor x = tensor<double>({{1.0, inf}, {NAN, 2.0}});
  CHECK(tril(flip(x)).to_vector<double>()[1] == 0);
  CHECK(triu(x).to_vector<double>()[2] == 0);
  CHECK(tril(x).to_vector<double>()[1] == 0);
  CHECK(pad(tensor({true}), {{1, 1}}, true).to_vector<bool>() == std::vector<bool>(3, true));
  CHECK(tril(ones({2, 2}, int64)).to_vector<int>() == Ints{1, 0, 1, 1});
}

TEST_CASE("repeating and rolling take every dtype and the highest rank") {
  CHECK(repeat(zeros({1, 2, 1, 1, 1, 1, 1, 2}), 3, 1).shape() == Shape{1, 6, 1, 1, 1, 1, 1, 2});
  CHECK(tile(tensor({1, 2}), {2, 2}).to_vector<int>() == Ints{1, 2, 1, 2, 1, 2, 1, 2});
  CHECK(roll(tensor({1, 2, 3}), INT64_MIN, 0).to_vector<int>() == roll(tensor({1, 2, 3}), -2, 0).to_vector<int>());
  CHECK(roll(tensor({true, false, false}), 1, 0).to_vector<bool>() == std::vector<bool>{false, true, false});
  CHECK(concatenate({tensor({true}), tensor({false, true})}).to_vector<bool>() == std::vector<bool>{true, false, true});
}

TEST_CASE("parts of a split are views, and joining them gives the whole") {
  const Tensor x = reshape(arange(12), {3, 4});
  const std::vector<Tensor> parts = split(x, {1, 3}, 1);
  CHECK(parts[1].data<std::int64_t>() == x.data<std::int64_t>() + 1);
  CHECK(concatenate(parts, 1).to_vector<int>() == x.to_vector<int>());
  CHECK(split(x, 3).size() == 3);
  CHECK(split(x, {3}).size() == 1);
}

}  // namespace retrograd::tests
