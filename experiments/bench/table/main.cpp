// Times the cases of the table with this engine, or prints a checksum of the bits of their results. See ../README.md.
#include <fmt/core.h>

#include <cstdlib>
#include <cxxopts.hpp>

#include "cases.h"
#include "clock.h"

namespace retrograd::bench {
namespace {

Cases all_cases() {
  Cases all;
  for (Cases (*const family)() :
       {elementwise_cases, reduction_cases, shape_cases, small_cases, layer_cases, training_cases, linalg_cases})
    for (Case& one : family()) all.push_back(std::move(one));
  return all;
}

/// FNV-1a over the bytes of the results.
std::uint64_t checksum(const Results& results) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&](const Tensor& packed) {
    detail::dispatch(packed.dtype(), [&]<class T>() {
      for (const std::byte byte : std::as_bytes(packed.span<T>()))
        hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3;
    });
  };
  for (const Tensor& result : results) add(contiguous(result));
  return hash;
}

void run(int argc, const char* const* argv) {
  cxxopts::Options line("bench_table", "Times a case for each line of stdin that names one, in nanoseconds.\n");
  line.add_options()("threads", "The number of threads", cxxopts::value<int>()->default_value("1"))(
      "list", "Print the names of the cases")("bits", "Print a checksum of each case's results")("help", "Print this");
  const auto given = line.parse(argc, argv);
  set_threads(given["threads"].as<int>());
  const Cases cases = all_cases();
  if (given.count("help")) {
    fmt::print("{}", line.help());
  } else if (given.count("list")) {
    for (const Case& one : cases) fmt::print("{}\n", one.name);
  } else if (given.count("bits")) {
    for (const Case& one : cases) fmt::print("{:016x}  {}\n", checksum(one.prepare()()), one.name);
  } else {
    std::vector<bench_table::Timed> timed;
    for (const Case& one : cases)
      timed.push_back(
          {one.name, [prepare = one.prepare]() -> std::function<void()> { return [run = prepare()] { run(); }; }});
    bench_table::answer(timed);
  }
}

}  // namespace
}  // namespace retrograd::bench

int main(int argc, char** argv) {
  try {
    retrograd::bench::run(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_table: {}\n", error.what());
    return 2;
  }
}
