#include "checkpoint.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <optional>
#include <unordered_set>

#include "../base/call_context.h"
#include "../base/error.h"
#include "../base/random.h"
#include "../tape/tape.h"
#include "../tensor/format.h"

namespace retrograd::detail {

namespace {

// Identifies a value by its shape and the bits of all elements.
std::uint64_t fingerprint(const Tensor& y) {
  std::uint64_t hash = 14695981039346656037u;
  const auto mix = [](std::uint64_t& into, std::uint64_t word) {  // a bijection of `into` for each word
    into = (into ^ word) * 1099511628211u;
    into ^= into >> 32;
  };
  mix(hash, static_cast<std::uint64_t>(y.dtype()));
  for (std::int64_t size : y.shape()) mix(hash, static_cast<std::uint64_t>(size));
  const Tensor values = packed(y);
  const std::byte* next = values.body().data;
  std::size_t left = static_cast<std::size_t>(y.size()) * size_of(y.dtype());
  std::array<std::uint64_t, 4> words, lanes = {1, 2, 3, 4};  // four lanes, since each step depends on the previous one
  for (; left >= sizeof words; left -= sizeof words, next += sizeof words) {
    std::memcpy(words.data(), next, sizeof words);
    for (std::size_t k = 0; k < 4; ++k) mix(lanes[k], words[k]);
  }
  words = {};
  if (left) std::memcpy(words.data(), next, left);
  for (std::size_t k = 0; k < 4; ++k) {
    mix(lanes[k], words[k]);
    mix(hash, lanes[k]);
  }
  return hash;
}

class RecordingProbe;
thread_local constinit RecordingProbe* current_probe = nullptr;

// Observes what f records: the tensors it reads from the log as it was before, and those it creates. Whatever f does,
// it leaves no node, and no handle to one, that a probe around this one does not know.
class RecordingProbe final : public Observer {
 public:
  explicit RecordingProbe(Log& log)
      : Observer(false),
        log_(log),
        serial_(log.serial.load(std::memory_order_relaxed)),
        mark_(log.nodes.size()),
        watched_(log.watched.size()),
        place_(log.arena.place()),
        outer_(current_probe) {
    current_probe = this;
  }
  ~RecordingProbe() override {
    if (!is_done_) take_back(nullptr);
    current_probe = outer_;
  }

  // Most tensors are short-lived; one without another handle need not be kept here.
  void forget_unused() {
    const auto is_unused = [this](const Tensor& x) {
      const bool unused = x.body().refs.load(std::memory_order_acquire) == 1;
      if (unused) written_.erase(&x.body());
      return unused;
    };
    made_.erase(std::remove_if(made_.begin(), made_.end(), is_unused), made_.end());
    next_look_ = made_.size() + made_.size() / 8 + 1;
  }

  void watched(Log& log, std::uint32_t node, const Tensor& x) override {
    if (&log == &log_ && node >= mark_) hold(x);
  }
  void recorded(Log& log, std::uint32_t node, const Tensor& y, std::span<const Tensor* const> inputs) override {
    if (&log != &log_) return;
    if (made_.size() >= next_look_) forget_unused();
    hold(y);
    const bool had_lost = std::exchange(has_lost_, true);
    for (const Tensor* x : inputs) {
      if (is_same_place(log, node, y, *x)) written_.insert(&y.body());
      if (!tracked(&log, *x) || x->body().tape.node >= mark_ || known_.contains(&x->body())) continue;
      inputs_.push_back(*x);
      known_.insert(&x->body());
    }
    has_lost_ = had_lost;
  }

  const std::vector<Tensor>& inputs() const { return inputs_; }
  bool is_made_here(const Tensor& x) const { return tracked(&log_, x) && x.body().tape.node >= mark_; }

  // True if f has recorded and watched nothing, or has closed the tape.
  bool has_seen_nothing() const { return !is_live(serial_) || log_.nodes.size() == mark_; }
  // True if an allocation failed while observing: f may have gone on, but what it reads is unknown.
  bool has_lost() const { return has_lost_; }
  bool has_seen_watching() const { return log_.watched.size() != watched_; }

  // Restores the log to what it was before f. The tensors that f created become constants: the result, to which the
  // caller has one handle, and others that are still held. Returns a tensor from outside that f wrote to, if any.
  Tensor take_back(const Tensor* result) noexcept {
    is_done_ = true;
    if (has_seen_nothing()) return {};
    log_.forget_from(mark_);
    log_.unwatch_from(watched_);
    const auto body_of = [](const Tensor& x) { return x.body_or_null(); };
    std::sort(made_.begin(), made_.end(),
              [&](const Tensor& a, const Tensor& b) { return std::less<>()(body_of(a), body_of(b)); });
    made_.erase(std::unique(made_.begin(), made_.end(),
                            [&](const Tensor& a, const Tensor& b) { return body_of(a) == body_of(b); }),
                made_.end());
    Tensor outside;
    for (const Tensor& one : made_) {
      Body& body = one.body();
      if (!is_made_here(one)) continue;
      const std::uint32_t ours = result && &body == &result->body() ? 2 : 1;
      const bool is_held =
          body.refs.load(std::memory_order_acquire) > ours + body.memory.views.load(std::memory_order_relaxed);
      if (is_held && written_.contains(&body)) outside = one;
      body.tape.serial.store(0, std::memory_order_relaxed);
    }
    log_.cut(mark_, place_);
    made_.clear();
    return outside;
  }

 private:
  // If a tensor cannot be kept, its node is dropped at once.
  void hold(const Tensor& made) {
    try {
      made_.push_back(made);
    } catch (...) {
      made.body().tape.serial.store(0, std::memory_order_relaxed);
      has_lost_ = true;
      throw;
    }
  }
  // True for an in-place op: its value is the storage of an input and not a new view of it. If the input is itself a
  // view, the kind of the node decides.
  static bool is_same_place(Log& log, std::uint32_t node, const Tensor& y, const Tensor& x) {
    if (x.body().base != y.body().base) return false;
    return y.body().base == &y.body() || &x.body() == &y.body() || log.nodes[node].kind == NodeKind::in_place;
  }
  Log& log_;
  const std::uint64_t serial_;
  const std::uint32_t mark_;
  const std::size_t watched_;
  const Arena::Place place_;
  RecordingProbe* const outer_;
  std::vector<Tensor> inputs_, made_;
  std::unordered_set<const Body*> known_, written_;
  bool is_done_ = false, has_lost_ = false;
  std::size_t next_look_ = 1;  // number of kept tensors at which unused ones are next dropped
};

// The joint rule of a checkpoint: runs f again, on its own tape, which watches the inputs themselves, since f holds
// them. In a recorded sweep that tape nests, and the rerun becomes part of the log.
struct Rerun {
  std::function<Tensor()> f;
  std::vector<Tensor> inputs;
  std::uint64_t value;
  std::optional<Rng> randomness;  // as at the start of f's first run
  Dtype default_dtype;            // likewise

  void operator()(const Tensor& g, Cotangents& out) const {
    std::vector<Tensor> cotangents(inputs.size());
    {
      Tape tape;
      for (std::size_t i = 0; i < inputs.size(); ++i)
        if (out.wants(i)) tape.watch(inputs[i]);
      std::optional<Rng> again = randomness;
      const CallContextScope as_before({again ? &*again : nullptr, true, default_dtype});
      const Tensor y = f();
      if (fingerprint(y) != value)
        fail<TapeError>(
            "checkpoint: f returned a different {} value when run again; everything it reads (an Rng, a scope such as "
            "OverrideScope, a tensor written since) must be unchanged",
            y.shape());
      const Gradients gradients = tape.gradients_or_none(y, g);
      for (std::size_t i = 0; i < inputs.size(); ++i)
        if (out.wants(i)) cotangents[i] = gradients.get_or_zeros(inputs[i]);
    }
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (out.wants(i)) out.give(i, std::move(cotangents[i]));
  }
};

}  // namespace

void settle_checkpoint() {
  if (current_probe) current_probe->forget_unused();
}

Tensor checkpointed(std::function<Tensor()> f, const std::vector<Tensor>& arguments) {
  Log* log = recording();
  if (!log) return f();
  Tensor y;
  std::vector<Tensor> inputs;
  std::optional<Rng> randomness;
  if (current_call_context.randomness) randomness = *current_call_context.randomness;
  const Dtype default_dtype = current_call_context.default_dtype;
  {
    RecordingProbe probe(*log);
    y = f();
    if (recording() != log || probe.has_seen_nothing()) return y;  // f swept the tape, or nothing was recorded
    if (probe.has_lost()) throw std::bad_alloc();
    if (probe.has_seen_watching()) fail<TapeError>("checkpoint: f watches a tensor on a tape opened outside it");
    const bool is_made_here = probe.is_made_here(y);
    if (const Tensor written = probe.take_back(&y); written.defined())
      fail<TapeError>("checkpoint: f writes to a {} tensor created outside it, and would do so twice", written.shape());
    if (!is_made_here) return y;
    inputs = probe.inputs();
  }
  const std::uint64_t value = fingerprint(y);
  Rerun again{std::move(f), inputs, value, randomness, default_dtype};
  y = record_joint("checkpoint", std::move(y), inputs, std::move(again));
  if (is_tracked(y))
    for (const Tensor& one : arguments) stamp(log, one);  // f may read them even if they are not tracked
  return y;
}

}  // namespace retrograd::detail
