#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

namespace retrograd::tests {

namespace {

bool are_same(const Tensor& alias, const Tensor& op) {
  return alias.dtype() == op.dtype() && array_equal(alias, op) && alias.size() > 0;
}

}  // namespace

TEST_CASE("an alias is the op that it stands for") {
  Rng rng(1);
  const Tensor x = normal({3, 4}, 0, 1, rng), y = uniform({3, 4}, 1, 2, rng), square = normal({3, 3}, 0, 1, rng);
  const Tensor rows = tensor({2, 0}), places = tensor({{1}, {3}, {0}}), mask = x > 0;
  const std::vector<Tensor> both = {x, y};
  CHECK(are_same(cat({x, y}, 1), concatenate({x, y}, 1)));
  CHECK(are_same(cat(both), concatenate(both)));
  CHECK(are_same(clamp(x, -0.5, 0.5), clip(x, -0.5, 0.5)));
  CHECK(are_same(gather(x, places, 1), take_along_axis(x, places, 1)));
  CHECK(are_same(index_select(x, rows, 0), take(x, rows, 0)));
  CHECK(are_same(masked_fill(x, mask, 7), where(mask, 7, x)));
  CHECK(are_same(permute(x, {1, 0}), transpose(x)));
  CHECK(are_same(permute(x, std::vector<int>{1, 0}), transpose(x)));
  CHECK(are_same(unsqueeze(x, 1), expand_dims(x, 1)));
  CHECK(are_same(inv(square), inverse(square)));
  CHECK(are_same(subtract(x, y), x - y));
  CHECK(are_same(multiply(x, y), x * y));
  CHECK(are_same(divide(x, y), x / y));
  CHECK(are_same(negative(x), -x));
  CHECK(are_same(power(y, 1.5), pow(y, 1.5)));
}

}  // namespace retrograd::tests
