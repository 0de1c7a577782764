#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <sstream>

namespace retrograd::tests {

TEST_CASE("tensors print as NumPy prints arrays") {
  CHECK(fmt::format("{}", tensor({1.0, 2.5, -3.0})) == "[ 1.   2.5 -3. ]");
  CHECK(fmt::format("{}", tensor({1, -20, 3})) == "[  1 -20   3]");
  CHECK(fmt::format("{}", tensor({true, false})) == "[ True False]");
  CHECK(fmt::format("{}", tensor({{1.0, 2.0}, {3.0, 4.0}})) == "[[1. 2.]\n [3. 4.]]");
  CHECK(fmt::format("{}", reshape(arange(8), {2, 2, 2})) == "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]");
  CHECK(fmt::format("{}", tensor({0.1, 0.25}, float32)) == "[0.1  0.25]");
  CHECK(fmt::format("{}", tensor({1e-10, 1.0}, float64)) == "[1.e-10 1.e+00]");
  CHECK(fmt::format("{}", tensor<double>({NAN, INFINITY, 1.0})) == "[nan inf  1.]");
  CHECK(fmt::format("{}", tensor(0.1, float64)) == "0.1");
  CHECK(fmt::format("{}", zeros({0})) == "[]");
  CHECK(fmt::format("{}", Tensor()) == "(empty handle)");
}

TEST_CASE("large tensors are abbreviated") {
  CHECK(fmt::format("{}", arange(2000)) == "[   0    1    2 ... 1997 1998 1999]");
}

TEST_CASE("shapes and dtypes print, through streams too") {
  CHECK(fmt::format("{} {} {} {}", Shape{2, 3}, Shape{4}, Shape{}, float32) == "(2, 3) (4,) () float32");
  std::ostringstream stream;
  stream << Shape{2} << tensor({1, 2});
  CHECK(stream.str() == "(2,)[1 2]");
}

}  // namespace retrograd::tests
