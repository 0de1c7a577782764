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

TEST_CASE("text from a file is shown without control characters and cut between characters") {
  using detail::shown;
  CHECK(shown("") == "");
  CHECK(shown("größe: 3 €") == "größe: 3 €");
  CHECK(shown("a\nb\x1b[2J\x7f\xc2\x9b") == "a?b?[2J???");
  CHECK(shown("\xffx\xc3") == "?x?");
  CHECK(shown("abc", 3) == "abc");
  CHECK(shown("abcd", 3) == "abc…");
  CHECK(shown("ab€", 4) == "ab…");
  CHECK(shown("ab€", 5) == "ab€");
}

TEST_CASE("long rows go on in the next line, as NumPy breaks them") {
  CHECK(fmt::format("{}", arange(50)) ==
        "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
        " 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47\n"
        " 48 49]");
  CHECK(fmt::format("{}", arange(0, 50, 2.5)) ==
        "[ 0.   2.5  5.   7.5 10.  12.5 15.  17.5 20.  22.5 25.  27.5 30.  32.5\n"
        " 35.  37.5 40.  42.5 45.  47.5]");
  CHECK(fmt::format("{}", reshape(arange(50), {2, 25})) ==
        "[[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
        "  24]\n"
        " [25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48\n"
        "  49]]");
  CHECK(fmt::format("{}", zeros({2, 0})) == "[]");
  CHECK(fmt::format("{}", zeros({std::int64_t{1} << 40, 0})) == "[]");
}

TEST_CASE("large tensors are abbreviated") {
  CHECK(fmt::format("{}", arange(2000)) == "[   0    1    2 ... 1997 1998 1999]");
  CHECK(fmt::format("{}", reshape(arange(1600), {40, 40})) ==
        "[[   0    1    2 ...   37   38   39]\n"
        " [  40   41   42 ...   77   78   79]\n"
        " [  80   81   82 ...  117  118  119]\n"
        " ...\n"
        " [1480 1481 1482 ... 1517 1518 1519]\n"
        " [1520 1521 1522 ... 1557 1558 1559]\n"
        " [1560 1561 1562 ... 1597 1598 1599]]");
  CHECK(fmt::format("{}", broadcast_to(zeros({}), {std::int64_t{1} << 40})) == "[0. 0. 0. ... 0. 0. 0.]");
}

TEST_CASE("shapes and dtypes print, through streams too") {
  CHECK(fmt::format("{} {} {} {}", Shape{2, 3}, Shape{4}, Shape{}, float32) == "(2, 3) (4,) () float32");
  std::ostringstream stream;
  stream << Shape{2} << tensor({1, 2});
  CHECK(stream.str() == "(2,)[1 2]");
}

TEST_CASE("a path is shown whole and without control characters") {
  const std::string deep(5000, 'd');
  CHECK(detail::shown_path("/" + deep) == "/" + deep);
  CHECK(detail::shown_path("/größe/a\x1b[31m\n\x7f\xff\xc2\x9b") == "/größe/a?[31m?????");
}

TEST_CASE("what is quoted for a shell is one word to it, and harmless to a terminal") {
  CHECK(detail::shell_quoted("/data here/größe") == "'/data here/größe'");
  CHECK(detail::shell_quoted("$(rm -rf x); `y` \"z\" *") == "'$(rm -rf x); `y` \"z\" *'");
  CHECK(detail::shell_quoted("it's a\\b") == "'it'\\''s a\\b'");
  CHECK(detail::shell_quoted("a\n\x1b[2J\xff %s' \\") == "\"$(printf 'a\\012\\033[2J\\377 %%s'\\'' \\\\')\"");
  CHECK(detail::shell_quoted("a\n\n") == "'a''\n\n'");
  CHECK(detail::shell_quoted("") == "''");
}

}  // namespace retrograd::tests
