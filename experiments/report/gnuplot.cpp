#include "gnuplot.h"

#include <fmt/core.h>
#include <retrograd/core/base/text.h>
#include <retrograd/tools/data/process.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace retrograd::experiments {
namespace {

/// An anonymous file in memory that a child process can open.
class ScriptFile {
 public:
  explicit ScriptFile(std::string_view script) : number_(::memfd_create("script", 0)) {
    if (number_ < 0) throw GnuplotError(fmt::format("cannot create a script for gnuplot: {}", std::strerror(errno)));
    while (!script.empty()) {
      const ssize_t wrote = ::write(number_, script.data(), script.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) {
        const int error = errno;
        ::close(number_);
        throw GnuplotError(fmt::format("cannot create a script for gnuplot: {}", std::strerror(error)));
      }
      script.remove_prefix(static_cast<std::size_t>(wrote));
    }
  }
  ScriptFile(const ScriptFile&) = delete;
  ScriptFile& operator=(const ScriptFile&) = delete;
  ~ScriptFile() { ::close(number_); }
  std::string path() const { return fmt::format("/proc/{}/fd/{}", ::getpid(), number_); }

 private:
  int number_;
};

/// How the process ended, and its error message.
std::string complaint(const detail::ProcessResult& result) {
  std::string text;
  for (std::string_view rest = result.errors; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) text += "\n" + detail::shown(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return result.failure + text;
}

constexpr const char* kInstall = "gnuplot, which draws the figures, is not installed: apt-get install gnuplot-nox";

}  // namespace

void require_gnuplot() {
  const detail::ProcessResult result = detail::run_process({"gnuplot", "--version"});
  if (result.failure == "not installed") throw GnuplotMissing(kInstall);
  if (!result.ok()) throw GnuplotMissing(fmt::format("gnuplot cannot be run: {}", complaint(result)));
}

std::string run_gnuplot(const std::string& script) {
  const ScriptFile file(script);
  detail::ProcessResult result;
  // Ctrl-C also interrupts the child, but finished results should still be drawn.
  for (int attempt = 0; attempt < 2; ++attempt) {
    result = detail::run_process({"gnuplot", "-d", file.path()});
    if (result.ok()) return result.output;
    if (result.signal == 0) break;
  }
  if (result.failure == "not installed") throw GnuplotMissing(kInstall);
  throw GnuplotError(fmt::format("gnuplot failed: {}", complaint(result)));
}

}  // namespace retrograd::experiments
