// The accuracy of every element-wise function and of its first two derivatives, against MPFR.
//   accuracy                  the whole table of docs/accuracy.md, as Markdown; a quarter of an hour
//   accuracy --check          a part of the points, and fails where an error is above what the table allows
//   accuracy --only NAME      one function
#include <fmt/format.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#include "measure.h"

namespace {

constexpr const char* kOrderNames[] = {"value", "first derivative", "second derivative"};

std::string shown(const Function& f, const Error& error, bool counts) {
  if (!counts) return "–";
  if (error.ulps == 0) return "0";
  const std::string at =
      f.by.has_second_argument ? fmt::format("{:.9g}, {:.9g}", error.x, error.y) : fmt::format("{:.9g}", error.x);
  return fmt::format("{:.3g} at {}", error.ulps, at);
}

bool within_limits(const Function& f, const char* dtype, const Errors& errors) {
  bool all = true;
  for (std::size_t order = 0; order < kOrders; ++order) {
    const Error& error = errors.of[order];
    if (error.ulps <= f.by.limit[order]) continue;
    fmt::print("{} of {} in {}: {:.4g} ulp, at most {} expected, at x = {:.17g}{}: found {:.17g}, right {:.17g}\n",
               kOrderNames[order], f.name, dtype, error.ulps, f.by.limit[order], error.x,
               f.by.has_second_argument ? fmt::format(", y = {:.17g}", error.y) : "", error.found, error.right);
    all = false;
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  bool check = false;
  std::string only;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--check"))
      check = true;
    else if (!std::strcmp(argv[i], "--only") && i + 1 < argc)
      only = argv[++i];
    else
      return std::fputs("usage: accuracy [--check] [--only NAME]\n", stderr), 2;
  }
  const int threads = check ? 1 : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const std::int64_t random = check ? 300 : 100'000, stride = check ? 24 : 1;
  if (!check)
    fmt::print(
        "| function | dtype | points | value | first derivative | second derivative |\n| --- | --- | ---: | --- | --- "
        "| --- |\n");
  bool good = true, any = false;
  for (const Function& f : all_functions()) {
    if (!only.empty() && only != f.name) continue;
    any = true;
    const auto one = [&](const char* dtype, const Errors& errors) {
      if (check) {
        good = within_limits(f, dtype, errors) && good;
        return;
      }
      fmt::print("| `{}` | {} | {} | {} | {} | {} |\n", f.name, dtype, errors.points, shown(f, errors.of[0], true),
                 shown(f, errors.of[1], f.by.orders > 1), shown(f, errors.of[2], f.by.orders > 2));
      std::fflush(stdout);
    };
    one("float32", measure<float>(f, random, stride, threads));
    one("float64", measure<double>(f, random, stride, threads));
  }
  if (!any) return fmt::print(stderr, "no function {}\n", only), 2;
  return good ? 0 : 1;
}
