#include "interrupt.h"

#include <signal.h>
#include <unistd.h>

namespace retrograd::experiments {
namespace {

std::atomic<bool> running{false};
std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler must not block");

extern "C" void handle_signal(int) {
  if (!running.load() || stop.exchange(true)) ::_exit(kInterrupted);
}

}  // namespace

void exit_on_signals() {
  running = false;
  // A closed pipe and a file size limit should be reported as write errors, not kill the program.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  // The parent may have left SIGCHLD ignored; gnuplot's exit status would then be lost.
  ::signal(SIGCHLD, SIG_DFL);
  struct sigaction action {};
  action.sa_handler = handle_signal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

const std::atomic<bool>& stop_on_signals() {
  running = true;
  return stop;
}

}  // namespace retrograd::experiments
