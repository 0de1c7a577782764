// The one place that compiles doctest's implementation and its main, and where at the very end no tensor may be left:
// ctest runs each test case in a process of its own, so this holds for each.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <retrograd/core/storage.h>

#include <cstdio>
#include <cstdlib>

namespace {

struct NothingIsLeft {
  ~NothingIsLeft() {
    const auto left = static_cast<long long>(retrograd::detail::live_bytes());
    if (left == 0) return;
    std::fprintf(stderr, "%lld bytes of tensors are still alive after the tests\n", left);
    std::_Exit(1);
  }
};
// Made before all other static objects, so destroyed after them.
__attribute__((init_priority(101))) const NothingIsLeft nothing_is_left;

}  // namespace
