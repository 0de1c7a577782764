// Observers of what a thread records and sweeps: graph drawings, anomaly checks, checkpoints. Without an observer the
// cost is one pointer test. Does not depend on what observers do.
#pragma once
#include <cstdint>
#include <span>

#include "../tensor/tensor.h"

namespace retrograd::detail {

struct Log;

/// Observes what this thread records and sweeps during its lifetime; observers usually nest. It may throw: from a
/// recording, to the op's caller once all observers have been notified; from a sweep, out of the sweep.
class Observer {
 public:
  Observer() : Observer(true) {}
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() {  // usually the innermost
    Observer** link = &current_;
    while (*link && *link != this) link = &(*link)->outer_;
    if (*link) *link = outer_;
  }
  static Observer* current() { return current_; }
  /// The next observer to notify, or null.
  Observer* outer() const { return shares_ ? outer_ : nullptr; }
  /// True if sweeps are observed; they take no shortcuts then.
  static bool sees_sweeps() { return current_ && current_->shares_; }

  /// x is watched from now on, as `node` of the log.
  virtual void watched(Log&, std::uint32_t /*node*/, const Tensor& /*x*/) {}
  /// y has just become `node` of the log, computed from these inputs, watched or not.
  virtual void recorded(Log&, std::uint32_t /*node*/, const Tensor& /*y*/, std::span<const Tensor* const> /*inputs*/) {}
  /// A sweep is about to call the rules of this node with cotangent g.
  virtual void sweeping(Log&, std::uint32_t /*node*/, const Tensor& /*g*/) {}
  /// Its rules have been called, and the cotangent released.
  virtual void swept(Log&, std::uint32_t /*node*/) {}
  /// The rules of this node are about to be destroyed, and with them everything that only they keep alive.
  virtual void forgetting(Log&, std::uint32_t /*node*/) {}
  /// A rule returned this cotangent for input `input` of the node.
  virtual void passed(Log&, std::uint32_t /*node*/, std::uint32_t /*input*/, const Tensor& /*cotangent*/) {}

 protected:
  /// An observer that does not share is only notified of recordings, and hides them from observers outside it.
  explicit Observer(bool shares) : outer_(current_), shares_(shares) { current_ = this; }

 private:
  static thread_local constinit Observer* current_;
  Observer* outer_;
  bool shares_;
};
/// Calls tell(observer) for all observers of this thread, innermost first.
template <class F>
void each_observer(F tell) {
  for (Observer* observer = Observer::current(); observer; observer = observer->outer()) tell(*observer);
}
/// Notifies all observers of y, the last node of the log; rethrows what they throw once all have been notified.
void notify_recorded(Log* log, const Tensor& y, std::span<const Tensor* const> inputs);
void notify_recorded(Log* log, const Tensor& y, std::span<const Tensor> inputs);

}  // namespace retrograd::detail
