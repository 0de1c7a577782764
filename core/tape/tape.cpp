#include "tape.h"

#include <optional>
#include <utility>

#include "../base/error.h"
#include "../compute/creation.h"
#include "../tensor/format.h"
#include "linear.h"
#include "reached.h"
#include "sweep.h"
#include "write_guard.h"

namespace retrograd {

using detail::Log;
using detail::Reached;

Tape::Tape(bool is_persistent)
    : before_(detail::current_recording),
      before_serial_(before_.log ? before_.log->serial.load(std::memory_order_relaxed) : 0) {
  log_ = detail::recording();
  outermost_ = log_ == nullptr;
  if (outermost_) log_ = detail::open_log(is_persistent);
  detail::write_guard.store(detail::guard_write, std::memory_order_release);
  serial_ = log_->serial.load(std::memory_order_relaxed);
  mark_ = log_->nodes.size();
  watched_mark_ = log_->watched.size();
  detail::current_recording = {log_, false};
}

Tape::~Tape() {
  if (outermost_)
    detail::close_log(log_);
  else if (!suspended_ && log_->serial.load(std::memory_order_relaxed) == serial_)
    log_->unwatch_from(watched_mark_);
  if (suspended_) return;
  // A tape that outlives the one around it has nothing to restore.
  if (before_.log && before_.log->serial.load(std::memory_order_relaxed) != before_serial_) before_ = {};
  detail::current_recording = before_;
}

void Tape::suspend() {
  const auto first = log_->watched.begin() + static_cast<std::ptrdiff_t>(watched_mark_);
  auto kept = std::make_unique<Kept>();
  kept->watched.assign(first, log_->watched.end());
  if (!outermost_) {
    kept->is_whole = std::make_shared<bool>(true);
    log_->suspended.push_back({log_->nodes.size(), kept->is_whole});
  }
  suspended_ = std::move(kept);
  log_->unwatch_from(watched_mark_);
  if (outermost_) detail::give_back(log_);
  detail::current_recording = before_;
}

detail::Log& Tape::usable_log(const char* action) {
  if (log_->thread != &detail::current_recording)
    detail::fail<TapeError>("{}: this tape belongs to another thread", action);
  if (log_->serial.load(std::memory_order_relaxed) != serial_)
    detail::fail<TapeError>("{}: this tape is closed", action);
  if (log_->consumed.load(std::memory_order_relaxed))
    detail::fail<TapeError>("{}: this tape is consumed; `Tape tape(rg::persistent)` keeps its log for more sweeps",
                            action);
  if (suspended_ && suspended_->is_whole && !*suspended_->is_whole)
    detail::fail<TapeError>("{}: this pullback was made inside a checkpoint, whose ops the tape has released", action);
  return *log_;
}

void Tape::watch(const Tensor& x) { watch(x, nullptr); }

void Tape::watch(const Tensor& x, const detail::Path* path) {
  detail::Log& log = usable_log("watch");
  const std::string* label = nullptr;
  if (path) {  // the tensor usually has the same name as last time
    label = x.body().label.load(std::memory_order_acquire);
    if (!label || !path->equals(*label)) {
      label = &path->intern();
      x.body().label.store(label, std::memory_order_release);
    }
  }
  detail::watch(&log, x, label, watched_mark_);
}

namespace {
Tensor unit_cotangent(const Tensor& loss) {
  if (loss.size() != 1)
    detail::fail<ShapeError>("gradients: the loss must be of size 1, got shape {}; reduce it or pass a cotangent",
                             loss.shape());
  return full(loss.shape(), 1, loss.dtype());
}
}  // namespace

Gradients Tape::gradients(const Tensor& loss) { return sweep(loss, unit_cotangent(loss), false); }
Gradients Tape::gradients(const Tensor& y, const Tensor& cotangent) { return sweep(y, cotangent, false); }
Gradients Tape::gradients_or_none(const Tensor& loss) { return sweep(loss, unit_cotangent(loss), true); }
Gradients Tape::gradients_or_none(const Tensor& y, const Tensor& cotangent) { return sweep(y, cotangent, true); }

Gradients Tape::sweep(const Tensor& y, const Tensor& cotangent, bool may_be_unrelated) {
  Log& log = usable_log("gradients");
  if (cotangent.dtype() != y.dtype())
    detail::fail<DtypeError>("gradients: the cotangent must match y, {} {}, got {} {}", y.dtype(), y.shape(),
                             cotangent.dtype(), cotangent.shape());
  if (!(cotangent.shape() == y.shape()))
    detail::fail<ShapeError>("gradients: the cotangent must match y, {} {}, got {} {}", y.dtype(), y.shape(),
                             cotangent.dtype(), cotangent.shape());
  const auto ours = [&] {
    return suspended_ ? std::span(suspended_->watched) : std::span(log.watched).subspan(watched_mark_);
  };
  const bool on_tape = detail::tracked(&log, y);
  const std::uint32_t last = on_tape ? y.body().tape.node : mark_;
  const Reached reached(log, mark_, on_tape ? last : mark_, on_tape ? ours() : std::span<const detail::Watched>(),
                        outermost_);
  Gradients result;
  if (!on_tape || !reached.contains(last)) {
    if (!may_be_unrelated)
      detail::fail<TapeError>("gradients: this {} tensor does not depend on anything this tape watches",
                              detail::described(y));
    for (const detail::Watched& one : ours()) result.append({one.key, {}, one.name, nullptr});
    return result;
  }
  if (last < mark_) {  // y is itself a watched tensor from before this tape
    for (const detail::Watched& one : ours())
      result.append({one.key, one.node == last ? detail::copied(cotangent) : Tensor(), one.name, nullptr});
    return result;
  }

  const bool consumes = outermost_ && !log.persistent;
  struct ForgetAll {  // even if a rule throws in mid-sweep
    Log* log;
    ~ForgetAll() {
      if (log) log->forget_from(0);
    }
  } forget_all{nullptr};
  const bool recorded = !outermost_ || (suspended_ && detail::recording());
  std::optional<NoTape> pause;  // an outermost sweep computes without recording
  if (!recorded) pause.emplace();
  detail::Sweep sweep(log, {mark_, last, ours(), recorded, consumes}, reached);
  result.reserve(ours().size());
  if (consumes) {
    forget_all.log = &log;
    log.consumed.store(true, std::memory_order_release);
    log.forget_from(last + 1);
  }
  sweep.run(cotangent);
  for (const detail::Watched& one : ours()) result.append(sweep.take(one));
  return result;
}

}  // namespace retrograd
