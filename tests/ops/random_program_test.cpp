#include "random_program.h"

#include <doctest/doctest.h>

#include <set>

namespace retrograd::tests {

// A deep program can be steep: where a step of the usual size is too long for its curvature, shorter ones decide. A
// wrong derivative is wrong at every step.
TEST_CASE("500 random programs have the gradients and Hessian-vector products of their differences") {
  int longest = 0;
  std::set<std::string> ops;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const RandomProgram program(seed);
    longest = std::max(longest, program.ops());
    const std::string listing = program.listing();
    for (std::size_t at = 0; (at = listing.find(" = ", at)) != std::string::npos; at += 3)
      ops.insert(listing.substr(at + 3, listing.find_first_of(" (", at + 3) - at - 3));
    const auto f = [&](const auto&... x) { return program({x...}); };
    std::string report;
    bool passed = false;
    for (double step : {1e-3, 1e-4, 3e-5}) {
      if (passed) break;
      const auto checked = tools::gradcheck(f, program.inputs(), {.order = 2, .step = step});
      passed = checked.passed();
      report += to_string(checked) + "\n";
    }
    CHECK_MESSAGE(passed, "program ", seed, "\n", listing, report);
  }
  CHECK(longest == 40);
  CHECK(ops.size() > 95);
}

}  // namespace retrograd::tests
