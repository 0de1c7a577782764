#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <string>

namespace retrograd::tests {

TEST_CASE("the version reads the same as macros, as a number and as text") {
  CHECK(RETROGRAD_VERSION == RETROGRAD_VERSION_MAJOR * 10000 + RETROGRAD_VERSION_MINOR * 100 + RETROGRAD_VERSION_PATCH);
  CHECK(version_number() == RETROGRAD_VERSION);
  CHECK(version() == std::to_string(RETROGRAD_VERSION_MAJOR) + "." + std::to_string(RETROGRAD_VERSION_MINOR) + "." +
                         std::to_string(RETROGRAD_VERSION_PATCH));
#if RETROGRAD_VERSION < 100
  FAIL("the preprocessor cannot compare versions");
#endif
}

TEST_CASE("headers and a library that do not belong together are told apart") {
  CHECK_NOTHROW(check_version());
  constexpr int kMinor = RETROGRAD_VERSION / 100 * 100;
  CHECK_NOTHROW(check_version(kMinor + 99));  // another patch
  for (int other : {kMinor + 100, kMinor - 100, RETROGRAD_VERSION + 10000})
    CHECK_THROWS_AS(check_version(other), Error);
  CHECK_THROWS_WITH(check_version(120304),
                    ("check_version: the program was compiled with the headers of Retrograd 12.3.4 but runs with "
                     "the library of " +
                     version())
                        .c_str());
}

}  // namespace retrograd::tests
