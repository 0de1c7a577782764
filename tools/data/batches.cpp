#include "batches.h"

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "../../core/base/error.h"
#include "../../core/base/threads.h"
#include "../../core/compute/creation.h"
#include "../../core/tensor/fields.h"
#include "../../core/tensor/format.h"

namespace retrograd::detail {

struct Ahead::State {
  const std::int64_t count, most;
  const std::function<void(std::int64_t)> make;
  const Dtype dtype = default_dtype();  // of the calling thread
  std::mutex mutex;
  std::condition_variable changed;
  std::int64_t made = 0, released = 0;  // these three are guarded by the mutex
  bool stop = false;
  std::thread thread;
  const pid_t process = getpid();

  // A forked child does not have the thread, which may have held the mutex.
  bool is_forked() const { return process != getpid(); }

  State(std::int64_t of, std::int64_t ahead, std::function<void(std::int64_t)> call)
      : count(of), most(ahead), make(std::move(call)) {}

  void run() noexcept {
    work_alone();  // leaves the worker threads to the loop
    const DefaultDtypeScope scope(dtype);
    for (std::int64_t i = 0; i < count; ++i) {
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return stop || i < released + most; });
        if (stop) return;
      }
      make(i);
      const std::lock_guard lock(mutex);
      made = i + 1;
      changed.notify_all();
    }
  }
};

Ahead::Ahead(std::int64_t count, std::int64_t most, std::function<void(std::int64_t)> make)
    : state_(std::make_unique<State>(count, most, std::move(make))) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

Ahead::~Ahead() {
  if (state_->is_forked()) {  // the thread does not exist here, so its state cannot be freed safely
    static_cast<void>(state_.release());
    return;
  }
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

void Ahead::wait_for(std::int64_t i) {
  if (state_->is_forked()) {
    if (state_->made > i) return;
    state_->make(i);
    state_->made = i + 1;
    return;
  }
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [&] { return state_->made > i; });
}

void Ahead::release() {
  if (state_->is_forked()) return;
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->released;
  }
  state_->changed.notify_all();
}

Tensor own_order(std::int64_t samples) { return arange(samples); }
Tensor random_order(std::int64_t samples, Rng& rng) { return permutation(samples, rng); }

void check_batches(std::int64_t samples, std::int64_t batch_size, std::int64_t prefetch) {
  if (batch_size < 1 || batch_size > samples)
    fail("batches: the batch size must be from 1 to {}, the number of samples, got {}", samples, batch_size);
  if (prefetch < 0) fail("batches: prefetch cannot be negative, got {}", prefetch);
}

Tensor checked_order(const Tensor& order, std::int64_t samples) {
  if (order.dtype() != int64) fail<DtypeError>("batches: the order must be int64, got {}", order.dtype());
  if (!(order.shape() == Shape{samples}))
    fail<ShapeError>("batches: the order of {} samples must be {}, got {}", samples, Shape{samples}, order.shape());
  const Tensor copy = copy_values(order);
  for (const std::int64_t* at = copy.data<std::int64_t>(); at != copy.data<std::int64_t>() + samples; ++at)
    if (*at < 0 || *at >= samples)
      fail("batches: the order contains {}, which is out of range for {} samples", *at, samples);
  return copy;
}

}  // namespace retrograd::detail
