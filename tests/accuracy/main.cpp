// The accuracy of every element-wise function and of its first two derivatives, against MPFR.
//   accuracy docs/accuracy.md   the whole table, written between the marks of that file; half an hour on one core
//   accuracy                    the same on standard output
//   accuracy --check            a part of the points, and fails where an error is above what the table allows
//   accuracy --only NAME        one function
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "measure.h"

namespace {

constexpr const char* kOrderNames[] = {"value", "first derivative", "second derivative"};

std::string shown(const Function& f, const Error& error, bool counts) {
  if (!counts) return "–";
  if (error.ulps == 0) return "0";
  const std::string at =
      f.by.has_second_argument ? fmt::format("{:.6g}, {:.6g}", error.x, error.y) : fmt::format("{:.9g}", error.x);
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

std::string row_of(const Function& f, const char* dtype, const Errors& errors) {
  return fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", f.name, dtype, errors.points, shown(f, errors.of[0], true),
                     shown(f, errors.of[1], f.by.orders > 1), shown(f, errors.of[2], f.by.orders > 2));
}

// Why some are allowed more than the goal, and where errors count in units of something larger than the result.
std::string reasons() {
  std::string text = "\n| function | allowed | because |\n| --- | --- | --- |\n";
  for (const Function& f : all_functions()) {
    if (!f.by.reason.empty())
      text += fmt::format("| `{}` | {} | {} |\n", f.name, fmt::join(f.by.limit, ", "), f.by.reason);
    for (const Root& root : f.by.roots)
      text += fmt::format("| `{}` | {} in ulp of {} for x in [{}, {}] | there it crosses 0, where its terms cancel |\n",
                          f.name, kOrderNames[root.order], root.scale, root.low, root.high);
  }
  return text;
}

// Puts the text between the marks of a document.
int write_between_marks(const char* path, const std::string& text) {
  std::ifstream in(path);
  const std::string document{std::istreambuf_iterator<char>(in), {}};
  constexpr const char *kBegin = "<!-- begin: written by accuracy -->\n", *kEnd = "<!-- end -->";
  const std::size_t begin = document.find(kBegin), end = document.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos)
    return fmt::print(stderr, "accuracy: no marks in {}\n", path), 1;
  std::ofstream out(path);
  out << document.substr(0, begin) << kBegin << '\n' << text << '\n' << document.substr(end);
  return out.flush() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  bool check = false;
  std::string only;
  const char* document = nullptr;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--check"))
      check = true;
    else if (!std::strcmp(argv[i], "--only") && i + 1 < argc)
      only = argv[++i];
    else if (argv[i][0] != '-' && !document)
      document = argv[i];
    else
      return std::fputs("usage: accuracy [--check] [--only NAME] [DOCUMENT]\n", stderr), 2;
  }
  const int threads = check ? 1 : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const std::int64_t random = check ? 300 : 100'000, stride = check ? 24 : 1;
  std::string table =
      "| function | dtype | points | value | first derivative | second derivative |\n| --- | --- | ---: | --- | --- | "
      "--- |\n";
  if (!check && !document) fmt::print("{}", table);
  bool good = true, any = false;
  for (const Function& f : all_functions()) {
    if (!only.empty() && only != f.name) continue;
    any = true;
    const auto one = [&](const char* dtype, const Errors& errors) {
      good = within_limits(f, dtype, errors) && good;
      const std::string row = row_of(f, dtype, errors);
      table += row;
      if (!check && !document) fmt::print("{}", row);
      std::fflush(stdout);
    };
    one("float32", measure<float>(f, random, stride, threads));
    one("float64", measure<double>(f, random, stride, threads));
  }
  if (!any) return fmt::print(stderr, "no function {}\n", only), 2;
  if (document) return write_between_marks(document, table + reasons());
  return good ? 0 : 1;
}
