#include "../../../tools/data/process.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/time.h>

#include "../../scratch.h"

using namespace retrograd::tests;
using retrograd::detail::ProcessOptions;
using retrograd::detail::ProcessResult;
using retrograd::detail::run_process;

namespace {

ProcessResult shell(const std::string& script, const ProcessOptions& options = {}) {
  return run_process({"sh", "-c", script}, options);
}

}  // namespace

TEST_CASE("a program's output, errors and exit code come back") {
  const ProcessResult result = shell("echo out; echo err >&2; exit 6");
  CHECK(result.output == "out\n");
  CHECK(result.errors == "err\n");
  CHECK(result.failure == "exit code 6");
  CHECK(shell("true").ok());
}

TEST_CASE("arguments reach a program as they are, and it has nothing to read") {
  CHECK(run_process({"printf", "%s|", "a b", "$HOME", "'", ""}).output == "a b|$HOME|'||");
  CHECK(run_process({"cat"}).output == "");
}

TEST_CASE("where the caller ignores its children nobody knows how a program ended, and it is not said to be well") {
  const IgnoredChildren ignored;
  for (const char* script : {"echo out; exit 6", "echo out; exit 0"}) {
    const ProcessResult result = shell(script);
    CHECK(result.is_unknown);
    CHECK_FALSE(result.ok());
    CHECK(result.failure == "exit code unknown");
    CHECK(result.output == "out\n");
  }
  ProcessOptions options;
  options.time_limit = std::chrono::seconds(1);
  CHECK(shell("exec sleep 100", options).failure == "took longer than 1 s");
  CHECK(run_process({"no-such-program-anywhere"}).failure == "not installed");
}

TEST_CASE("a signal in the caller does not end its wait") {
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = [](int) {};
  sigaction(SIGALRM, &action, &before);  // without SA_RESTART
  const itimerval often{{0, 2'000}, {0, 2'000}}, never{};
  setitimer(ITIMER_REAL, &often, nullptr);
  const ProcessResult result = shell("sleep 0.2; echo out; exec 1>&- 2>&-; sleep 0.2; exit 6");
  setitimer(ITIMER_REAL, &never, nullptr);
  sigaction(SIGALRM, &before, nullptr);
  CHECK(result.output == "out\n");
  CHECK(result.failure == "exit code 6");
}

TEST_CASE("a program that is not installed is said to be") {
  CHECK(run_process({"no-such-program-anywhere"}).failure == "not installed");
}

TEST_CASE("a program killed by a signal is said to be") {
  const ProcessResult result = shell("kill -TERM $$");
  CHECK(result.signal == 15);
  CHECK(result.failure == "killed by signal 15");
}

TEST_CASE("a program that takes too long or writes too much is stopped") {
  ProcessOptions options;
  options.time_limit = std::chrono::seconds(1);
  CHECK(shell("exec sleep 100", options).failure == "took longer than 1 s");
  options.largest_output = 1000;
  CHECK(shell("exec yes", options).failure == "wrote more than 1000 bytes");
}

TEST_CASE("a program runs in the folder and writes to the file it is told, and never over another") {
  const ScratchFolder folder;
  ProcessOptions options;
  options.working_directory = folder.path();
  options.output_file = folder.path() / "out";
  CHECK(shell("pwd -P", options).output == "");
  CHECK(read_file(options.output_file) == std::filesystem::canonical(folder.path()).string() + "\n");
  CHECK(holds(shell("pwd", options).failure, {"cannot create", "File exists"}));
}
