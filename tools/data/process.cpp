#include "process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "../../core/base/text.h"
#include "../../core/tensor/format.h"

namespace retrograd::detail {

namespace {

using Clock = std::chrono::steady_clock;

struct Descriptor {
  int number = -1;
  Descriptor() = default;
  explicit Descriptor(int n) : number(n) {}
  Descriptor(Descriptor&& other) noexcept : number(std::exchange(other.number, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number, other.number);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (number >= 0) ::close(std::exchange(number, -1));
  }
};

struct Pipe {
  Descriptor read, write;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
  }
};

/// Starts the child with no signal blocked or ignored, whatever the caller's signal state is.
int spawn(pid_t* child, const std::vector<std::string>& arguments, const ProcessOptions& options, const Pipe& output,
          const Pipe& errors) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output.write.number, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors.write.number, STDERR_FILENO);
  if (!options.working_directory.empty())
    posix_spawn_file_actions_addchdir_np(&actions, options.working_directory.c_str());

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  const int error = posix_spawnp(child, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// One pipe of the child: the destination of its bytes, and their number.
struct Stream {
  Descriptor from;
  std::string* text;
  int file = -1;
  std::int64_t bytes = 0;

  /// Takes the available bytes; returns a sentence on failure.
  std::string take(std::int64_t largest) {
    std::array<char, 1 << 16> buffer;
    const ssize_t got = ::read(from.number, buffer.data(), buffer.size());
    if (got < 0) return errno == EINTR ? "" : fmt::format("cannot read its output: {}", std::strerror(errno));
    if (got == 0) {
      from.close();
      return "";
    }
    bytes += got;
    if (bytes > largest) return fmt::format("wrote more than {} bytes", largest);
    if (file < 0) {
      text->append(buffer.data(), static_cast<std::size_t>(got));
      return "";
    }
    for (ssize_t done = 0; done < got;) {
      const ssize_t wrote = ::write(file, buffer.data() + done, static_cast<std::size_t>(got - done));
      if (wrote < 0 && errno != EINTR) return fmt::format("cannot store its output: {}", std::strerror(errno));
      done += std::max<ssize_t>(wrote, 0);
    }
    return "";
  }
};

std::string drain(Stream& output, Stream& errors, const ProcessOptions& options) {
  const Clock::time_point deadline = Clock::now() + options.time_limit;
  while (output.from.number >= 0 || errors.from.number >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return fmt::format("took longer than {} s", options.time_limit.count());
    std::array<pollfd, 2> waiting{pollfd{output.from.number, POLLIN, 0}, pollfd{errors.from.number, POLLIN, 0}};
    if (::poll(waiting.data(), waiting.size(), static_cast<int>(std::min<decltype(left)>(left, 1000))) < 0) continue;
    std::string trouble;
    if (waiting[0].revents != 0) trouble = output.take(options.largest_output);
    if (trouble.empty() && waiting[1].revents != 0) trouble = errors.take(options.largest_output);
    if (!trouble.empty()) return trouble;
  }
  return "";
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& arguments, const ProcessOptions& options) {
  ProcessResult result;
  Descriptor file;
  if (!options.output_file.empty()) {
    file = Descriptor(::open(options.output_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (file.number < 0) {
      result.failure =
          fmt::format("cannot create {}: {}", detail::shown_path(options.output_file.string()), std::strerror(errno));
      return result;
    }
  }
  Pipe output_pipe, error_pipe;
  if (output_pipe.read.number < 0 || error_pipe.read.number < 0) {
    result.failure = fmt::format("cannot create a pipe: {}", std::strerror(errno));
    return result;
  }
  pid_t child = 0;
  if (const int error = spawn(&child, arguments, options, output_pipe, error_pipe); error != 0) {
    result.failure = error == ENOENT ? "not installed" : fmt::format("cannot be started: {}", std::strerror(error));
    return result;
  }
  output_pipe.write.close();
  error_pipe.write.close();

  Stream output{std::move(output_pipe.read), &result.output, file.number};
  Stream errors{std::move(error_pipe.read), &result.errors};
  result.failure = drain(output, errors, options);
  if (!result.ok()) ::kill(child, SIGKILL);
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(child, &status, 0)) < 0 && errno == EINTR) continue;
  if (!result.ok()) return result;
  if (ended < 0) {  // the status was collected elsewhere, or discarded
    result.is_unknown = true;
    result.failure = "exit code unknown";
    return result;
  }
  if (WIFSIGNALED(status)) {
    result.signal = WTERMSIG(status);
    result.failure = fmt::format("killed by signal {}", result.signal);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) != 0) result.failure = fmt::format("exit code {}", WEXITSTATUS(status));
  return result;
}

}  // namespace retrograd::detail
