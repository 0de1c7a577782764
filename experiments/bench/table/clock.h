// How a case is timed, the same for every engine: a request is a line with the name of a case on stdin, the answer a
// line with the nanoseconds of one run on stdout. So a script can let two programs take turns, case by case, without
// starting either anew. Depends on the standard library alone.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace bench_table {

/// A case: `prepare` makes its inputs and returns what does its work once.
struct Timed {
  std::string name;
  std::function<std::function<void()>()> prepare;
};

/// Nanoseconds of one run: the median of samples of at least 2 ms each, taken for at least a fifth of a second.
inline double nanoseconds(const std::function<void()>& run) {
  using Clock = std::chrono::steady_clock;
  const auto sample = [&](long runs) {
    const auto start = Clock::now();
    for (long i = 0; i < runs; ++i) run();
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
  };
  constexpr double kSample = 2e6, kTotal = 2e8;
  run();
  long runs = 1;
  for (double took = sample(1); took < kSample; took = sample(runs))
    runs = std::max(runs + 1, static_cast<long>(static_cast<double>(runs) * std::min(10.0, 1.2 * kSample / took)));
  std::vector<double> samples;
  for (double total = 0; total < kTotal || samples.size() < 3; total += samples.back()) samples.push_back(sample(runs));
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle / static_cast<double>(runs);
}

/// Answers requests until stdin ends. A case that this engine has not, or that fails, is answered by "-".
inline void answer(const std::vector<Timed>& cases) {
  for (std::string line; std::getline(std::cin, line);) {
    const auto found = std::find_if(cases.begin(), cases.end(), [&](const Timed& one) { return one.name == line; });
    if (found == cases.end()) {
      std::puts("-");
    } else {
      try {
        std::printf("%.6g\n", nanoseconds(found->prepare()));
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", line.c_str(), error.what());
        std::puts("-");
      }
    }
    std::fflush(stdout);
  }
}

}  // namespace bench_table
