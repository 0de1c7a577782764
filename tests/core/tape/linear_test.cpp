#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

namespace retrograd::tests {

namespace {
Tensor grid() { return reshape(arange(12, float32), {3, 4}); }
using Ints = std::vector<int>;
}  // namespace

TEST_CASE("indices and ranges read rows, columns and blocks as views") {
  const Tensor x = grid();
  CHECK(x[1].to_vector<int>() == Ints{4, 5, 6, 7});
  CHECK(x[-1].data<float>() == x.data<float>() + 8);
  CHECK(x[1][2].item<int>() == 6);
  CHECK(x(1, -2).item<int>() == 6);
  CHECK(x(range(), 1).to_vector<int>() == Ints{1, 5, 9});
  CHECK(x(range(1, 3), range(0, 4, 3)).to_vector<int>() == Ints{4, 7, 8, 11});
  CHECK(x[range(-2)].shape() == Shape{2, 4});
  CHECK(x[Range{0, -1}].shape() == Shape{2, 4});
  CHECK(x[range(3)].shape() == Shape{0, 4});
  const std::size_t i = 2;
  CHECK(x(i, 0).item<int>() == 8);
}

TEST_CASE("windows on windows copy nothing") {
  const Tensor x = grid();
  const Tensor back = flip(x);
  CHECK(back.data<float>() == x.data<float>() + 11);
  CHECK(back.to_vector<int>() == Ints{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
  CHECK(flip(back).is_contiguous());
  CHECK(flip(back).data<float>() == x.data<float>());
  CHECK(slice(flip(x, 1), 1, 1, 4, 2).to_vector<int>() == Ints{2, 0, 6, 4, 10, 8});
  CHECK(diagonal(flip(x, 1)).to_vector<int>() == Ints{3, 6, 9});
  CHECK(diagonal(transpose(x), 1).to_vector<int>() == Ints{4, 9});
  CHECK(diagonal(x).data<float>() == x.data<float>());
  CHECK(squeeze(expand_dims(transpose(x), 1)).data<float>() == x.data<float>());
  CHECK(expand_dims(x, 0).is_contiguous());
  CHECK((flip(x, 0) + x).to_vector<int>() == Ints{8, 10, 12, 14, 8, 10, 12, 14, 8, 10, 12, 14});
  CHECK(matmul(flip(x), ones({4, 1})).to_vector<int>() == Ints{38, 22, 6});
  CHECK(matmul(flip(x, 1), transpose(flip(x, 1))).to_vector<int>() == matmul(x, transpose(x)).to_vector<int>());
  CHECK(flip(broadcast_to(tensor({1.0, 2.0}), {3, 2})).to_vector<int>() == Ints{2, 1, 2, 1, 2, 1});
}

TEST_CASE("views of every dtype are read") {
  CHECK(flip(tensor({true, false, false})).to_vector<bool>() == std::vector<bool>{false, false, true});
  CHECK(tensor({1, 2, 3})[range(0, 3, 2)].to_vector<int>() == Ints{1, 3});
  CHECK(diagonal(tensor({{1, 2}, {3, 4}}, uint8)).to_vector<int>() == Ints{1, 4});
}

TEST_CASE("a gradient over many rows costs what the rows do") {
  // Placing each row among zeros of its own would write 6.4 GB here.
  constexpr std::int64_t n = 20'000;
  const Tensor x = ones({n, 4});
  const Tensor d = grad([](const Tensor& v) {
    Tensor total = zeros({4});
    for (std::int64_t i = 0; i < n; ++i) total = total + v[i] * static_cast<double>(i % 3);
    return sum(total);
  })(x);
  const Tensor rows = sum(d, 1);
  for (std::int64_t i : {std::int64_t{0}, std::int64_t{1}, std::int64_t{2}, n - 1})
    CHECK(rows[i].item<int>() == 4 * (i % 3));
}

TEST_CASE("gradients of overlapping windows add up") {
  const Tensor x = grid();
  const Tensor d = grad([](const Tensor& v) {
    return sum(v) + sum(v[1]) + sum(flip(v)[0] * v[0]) + sum(diagonal(v)) + sum(slice(v, 1, 0, 4, 2)) + sum(v(1, 1));
  })(x);
  CHECK(d.to_vector<int>() == Ints{14, 11, 11, 9, 3, 4, 3, 2, 5, 3, 4, 1});
}

TEST_CASE("a span is a contiguous tensor's values") {
  const Tensor x = grid();
  float total = 0;
  for (float v : x.span<float>()) total += v;
  CHECK(total == 66);
  CHECK(x[1].span<float>().size() == 4);
  CHECK_THROWS_WITH_AS(transpose(x).span<float>(), doctest::Contains("span: this (4, 3) view is not contiguous"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(x.span<double>(), "data: asked for float64, but the tensor is float32", DtypeError);
}

}  // namespace retrograd::tests
