#include <fmt/core.h>

#include "error.h"
#include "version.h"

namespace retrograd {

namespace {

std::string version_text(int number) {
  return fmt::format("{}.{}.{}", number / 10000, number / 100 % 100, number % 100);
}

}  // namespace

std::string version() { return version_text(RETROGRAD_VERSION); }

int version_number() { return RETROGRAD_VERSION; }

void check_version(int headers) {
  if (headers / 100 != RETROGRAD_VERSION / 100)
    detail::fail(
        "check_version: the program was compiled with the headers of Retrograd {} but runs with the library of {}",
        version_text(headers), version());
}

}  // namespace retrograd
