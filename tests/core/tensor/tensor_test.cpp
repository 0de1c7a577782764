#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

TEST_CASE("copying a tensor copies the handle, and assigning rebinds it") {
  Tensor a = tensor({1.0, 2.0});
  Tensor b = a;
  b += 1;
  CHECK(a.to_vector<float>() == std::vector<float>{2, 3});
  b = zeros({2});
  CHECK(a.to_vector<float>() == std::vector<float>{2, 3});
}

TEST_CASE("an empty handle says so, whatever is asked of it") {
  const Tensor none;
  CHECK(!none.defined());
  CHECK_THROWS_WITH_AS(none.shape(), doctest::Contains("this handle is empty"), Error);
  CHECK_THROWS_AS(none + 1, Error);
  CHECK_THROWS_AS(none.item<float>(), Error);
}

TEST_CASE("shapes of rank above 8, negative sizes and overflowing products are refused") {
  CHECK_THROWS_AS((Shape{1, 1, 1, 1, 1, 1, 1, 1, 1}), ShapeError);
  CHECK_THROWS_WITH_AS((Shape{2, -1}), "shape: sizes cannot be negative, got (2, -1)", ShapeError);
  CHECK_THROWS_AS((Shape{1LL << 40, 1LL << 40}), ShapeError);
  CHECK_THROWS_AS((Shape{0, 1LL << 40, 1LL << 40}), ShapeError);
}

TEST_CASE("item wants exactly one value and data its own type") {
  CHECK(tensor({2.5}).item<int>() == 2);
  CHECK_THROWS_WITH_AS(ones({2}).item<float>(), "item: needs a tensor of size 1, got shape (2,)", ShapeError);
  CHECK_THROWS_WITH_AS(ones({2}).data<double>(), "data: asked for float64, but the tensor is float32", DtypeError);
}

TEST_CASE("a scalar takes the tensor's dtype where that can hold it") {
  CHECK((2 * tensor({1.5})).dtype() == float32);
  CHECK((2.5 * tensor({1.5}, float64)).dtype() == float64);
  CHECK((tensor({1, 2}) + 1).dtype() == int64);
  CHECK_THROWS_WITH_AS(tensor({1, 2}) + 0.5, doctest::Contains("add: 0.5 does not fit the dtype int64"), DtypeError);
  CHECK_THROWS_WITH_AS(tensor({1.0}) + tensor({1.0}, float64), doctest::Contains("dtypes differ: float32 and float64"),
                       DtypeError);
}

TEST_CASE("views share storage and pack on demand") {
  const Tensor x = reshape(arange(6, float32), {2, 3});
  const Tensor t = transpose(x);
  CHECK(!t.is_contiguous());
  CHECK(t.data<float>() == x.data<float>());
  CHECK(t.to_vector<int>() == std::vector<int>{0, 3, 1, 4, 2, 5});
  CHECK(slice(x, 1, 1, 3).to_vector<int>() == std::vector<int>{1, 2, 4, 5});
  CHECK(broadcast_to(slice(x, 0, 1, 2), {2, 3}).to_vector<int>() == std::vector<int>{3, 4, 5, 3, 4, 5});
  CHECK(detail::packed(t).is_contiguous());
  Tensor strided = t;
  CHECK_THROWS_WITH_AS(strided.mutable_data<float>(), doctest::Contains("only contiguous tensors can be written"),
                       ShapeError);
}

TEST_CASE("tensors are made from values of any number type") {
  CHECK(tensor({1, 2, 3}).dtype() == int64);
  CHECK(tensor({true, false}).dtype() == boolean);
  CHECK(tensor({{1.0, 2.0}, {3.0, 4.0}}).shape() == Shape{2, 2});
  CHECK(tensor(std::vector<float>{1, 2, 3, 4}, {2, 2}, float64).dtype() == float64);
  CHECK_THROWS_WITH_AS(tensor({{1.0, 2.0}, {3.0}}), "tensor: rows differ in length: 2 and 1", ShapeError);
  CHECK_THROWS_WITH_AS(tensor(std::vector<int>{1, 2, 3}, {2, 2}), "tensor: 3 values do not fill shape (2, 2)",
                       ShapeError);
  CHECK_THROWS_AS(tensor({0.5}, int64), DtypeError);
}

TEST_CASE("in-place sums write through every handle and refuse what does not fit") {
  Tensor x = zeros({2, 3});
  const Tensor same = x;
  x += tensor({1.0, 2.0, 3.0});
  x -= 1;
  CHECK(same.to_vector<int>() == std::vector<int>{0, 1, 2, 0, 1, 2});
  CHECK_THROWS_WITH_AS(x += zeros({3, 3}), "+=: (3, 3) does not broadcast to (2, 3)", ShapeError);
  CHECK_THROWS_AS(x += zeros({3}, float64), DtypeError);
}

TEST_CASE("an in-place sum with an overlapping operand reads the old values") {
  Tensor x = ones({40});
  x += slice(x, 0, 0, 1);
  CHECK(x.to_vector<int>() == std::vector<int>(40, 2));
  Tensor line = arange(40, float32), tail = slice(line, 0, 1, 40);
  tail += slice(line, 0, 0, 39);
  for (std::int64_t i = 1; i < 40; ++i) REQUIRE(line.to_vector<int>()[static_cast<std::size_t>(i)] == 2 * i - 1);
  Tensor m = tensor({{1.0, 2.0}, {3.0, 4.0}});
  m -= slice(m, 0, 0, 1);
  CHECK(m.to_vector<int>() == std::vector<int>{0, 0, 2, 2});
  m += m;
  CHECK(m.to_vector<int>() == std::vector<int>{0, 0, 4, 4});
}

TEST_CASE("sizes beyond memory are refused, not wrapped") {
  CHECK_THROWS_WITH_AS(Tensor::empty({std::int64_t{1} << 61}, float64),
                       doctest::Contains("more bytes than fit in 64 bits"), ShapeError);
  CHECK_THROWS_AS(Tensor::empty({5 * (std::int64_t{1} << 44)}), std::bad_alloc);
  const Tensor wide = broadcast_to(zeros({}), {std::int64_t{1} << 33, 1}),
               tall = broadcast_to(zeros({}), {1, std::int64_t{1} << 33});
  CHECK_THROWS_AS(wide + tall, ShapeError);
}

TEST_CASE("numbers that a dtype cannot hold are errors wherever they come in") {
  CHECK_THROWS_WITH_AS(full({2}, 300, uint8), doctest::Contains("full: 300 does not fit the dtype uint8"), DtypeError);
  CHECK_THROWS_AS(full({2}, 0.5, int64), DtypeError);
  CHECK_THROWS_AS(tensor(0.5, int64), DtypeError);
  CHECK_THROWS_AS(tensor({1, 2}) + 18446744073709551615ull, DtypeError);
  CHECK_THROWS_AS(tensor({1.0}) + 1e300, DtypeError);
  CHECK(full({}, INFINITY).item<float>() == INFINITY);
  CHECK(full({}, true, boolean).item<bool>());
}

TEST_CASE("arange refuses whole numbers that its dtype cannot hold") {
  CHECK_THROWS_AS(arange((1 << 24) + 2, float32), DtypeError);
  CHECK_THROWS_AS(arange((1 << 24) + 3, float32), DtypeError);
  CHECK_THROWS_AS(arange(257, uint8), DtypeError);
  CHECK(arange(256, uint8).to_vector<int>().back() == 255);
  CHECK(arange((1 << 24) + 1, float32).size() == (1 << 24) + 1);
  CHECK(arange(0).size() == 0);
  CHECK_THROWS_AS(arange(-1), ShapeError);
}

}  // namespace retrograd::tests
