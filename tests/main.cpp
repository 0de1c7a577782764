// The main of the test programs. At the very end no tensor and no node of a tape may be left: ctest runs each test case
// in a process of its own, so this holds for each.
#include <doctest/doctest.h>
#include <retrograd/core/tape/memory.h>

#include <cstdio>
#include <cstdlib>

namespace {

struct NothingIsLeft {
  ~NothingIsLeft() {
    const retrograd::Memory left = retrograd::memory();
    if (left.live_bytes == 0 && left.live_nodes == 0) return;
    std::fprintf(stderr, "left after the tests: %s\n", to_string(left).c_str());
    std::_Exit(1);
  }
};
// Made before all other static objects, so destroyed after them.
__attribute__((init_priority(101))) const NothingIsLeft nothing_is_left;

}  // namespace

int main(int argc, char** argv) { return doctest::Context(argc, argv).run(); }
