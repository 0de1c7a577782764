#include "tape.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "../base/error.h"
#include "../compute/creation.h"
#include "../tensor/format.h"
#include "linear.h"
#include "reached.h"

namespace retrograd {

namespace {

using detail::Log;
using detail::Reached;

// One sweep: the cotangents on their way, and the loop that moves them.
class Sweep final : public Cotangents {
 public:
  Sweep(Log& log, std::uint32_t mark, std::uint32_t last, std::span<const detail::Watched> watched, bool recorded,
        bool consumes, const Reached& reached)
      : log_(log), mark_(mark), last_(last), consumes_(consumes), recorded_(recorded), reached_(reached) {
    // So that there is room for the list when it is spare again.
    if (std::vector<std::vector<Tensor>>& spare = log.spare_cotangents; spare.size() == spare.capacity())
      spare.reserve(spare.size() + 4);
    if (!log.spare_cotangents.empty()) {
      slots_ = std::move(log.spare_cotangents.back());
      log.spare_cotangents.pop_back();
    }
    slots_.resize(last + 1 - mark);
    for (const detail::Watched& one : watched)
      if (one.node < mark) leaves_.emplace_back(one.node, Tensor());
    std::sort(leaves_.begin(), leaves_.end(), [](const Leaf& a, const Leaf& b) { return a.first < b.first; });
    arrivals_.resize(slots_.size() + leaves_.size());
  }
  ~Sweep() {
    slots_.clear();
    if (log_.spare_cotangents.size() < log_.spare_cotangents.capacity())
      log_.spare_cotangents.push_back(std::move(slots_));
  }
  Sweep(const Sweep&) = delete;

  void run(const Tensor& cotangent) {
    slots_[last_ - mark_] = cotangent;
    for (std::uint32_t i = last_ + 1; i-- > mark_;) {
      node_ = &log_.nodes[i];
      number_ = i;
      Tensor& slot = slots_[i - mark_];
      if (i == next_partial_) [[unlikely]]
        gather(i);
      if (slot.defined() && node_->edges && reached_.contains(i)) {
        Tensor g = node_->watched ? slot : std::move(slot);
        if (observed_) detail::each_observer([&](detail::Observer& observer) { observer.sweeping(log_, i, g); });
        if (node_->joint) {
          asked_ = node_->edges;
          node_->joint->call(node_->joint->rule, std::move(g), *this);
        } else {
          for (const detail::Edge* edge = node_->edges; edge; edge = edge->next)
            if (reached_.contains(edge->parent)) pass(*edge, g);
        }
        if (observed_) {
          g = Tensor();
          detail::each_observer([&](detail::Observer& observer) { observer.swept(log_, i); });
        }
      }
      if (consumes_) {
        log_.with_rules.store(i, std::memory_order_relaxed);
        log_.forget_node(*node_);
        if (observed_) detail::each_observer([&](detail::Observer& observer) { observer.forgot(log_, i); });
      }
    }
  }

  /// The cotangent that arrived at a watched node, as values of its own, which no other gradient, no view and no
  /// cotangent of the caller's shares.
  Gradients::Entry take(const detail::Watched& one) {
    if (one.node > last_) return {one.key, {}, one.name, nullptr};
    if (auto* product = find_waiting(one.node)) return {one.key, {}, one.name, std::move(*product)};
    if (!partial_.empty()) gather(one.node);
    Tensor& cotangent = slot_of(one.node);
    if (cotangent.defined()) cotangent = detail::owned(std::move(cotangent));
    return {one.key, std::move(cotangent), one.name, nullptr};
  }

  bool wants(std::size_t input) const override {
    const detail::Edge* edge = edge_of(input);
    return edge && reached_.contains(edge->parent);
  }
  void give(std::size_t input, Tensor cotangent) override {
    if (wants(input)) accumulate(*edge_of(input), std::move(cotangent));
  }
  bool take_product(std::size_t input, const Tensor& a, const Tensor& b) override {
    if (!wants(input)) return true;
    const std::uint32_t parent = edge_of(input)->parent;
    const detail::Node& node = log_.nodes[parent];
    if (recorded_ || observed_ || node.dtype != a.dtype() || !node.has_shape({a.shape()[0], b.shape()[1]}))
      return false;
    if (may_wait(parent)) {
      auto product = detail::Deferred::make(a, b);
      if (!product) return false;
      if (waits_.empty()) waits_.resize(slots_.size());
      waiting_.push_back(std::move(product));
      waits_[parent - mark_] = static_cast<std::uint32_t>(waiting_.size());
      return true;
    }
    compute_waiting(parent);
    Tensor& slot = slot_of(parent);
    if (slot.defined()) before_adding(parent, slot);
    if (!slot.defined() || !detail::sole_owner(slot)) return false;
    detail::matmul_into(a, b, 1, slot);
    return true;
  }

 private:
  // The edges of a joint rule are in the order of its inputs, and most rules ask in that order.
  const detail::Edge* edge_of(std::size_t input) const {
    const detail::Edge* edge = asked_->input <= input ? asked_ : node_->edges;
    while (edge && edge->input < input) edge = edge->next;
    if (!edge || edge->input != input) return nullptr;
    return asked_ = edge;
  }

  // Hands g to the rule of one edge, the handle itself where no other edge needs it.
  void pass(const detail::Edge& edge, Tensor& g) {
    const detail::RuleKind& kind = *edge.kind;
    if (kind.accumulate && !recorded_ && !observed_) {  // which would not see what passed
      Tensor& slot = slot_of(edge.parent);
      if (slot.defined()) before_adding(edge.parent, slot);
      if (slot.defined() && detail::sole_owner(slot) && kind.accumulate(edge.rule, g, slot)) return;
    }
    accumulate(edge, kind.call(edge.rule, edge.next ? Tensor(g) : std::move(g)));
  }

  void accumulate(const detail::Edge& edge, Tensor more) {
    if (observed_ && more.defined())
      detail::each_observer([&](detail::Observer& observer) { observer.passed(log_, number_, edge.input, more); });
    const detail::Node& parent = log_.nodes[edge.parent];
    if (edge.parent >= mark_ && waiting_.empty() && more.defined()) {  // most often it is the first that arrives
      Tensor& slot = slots_[edge.parent - mark_];
      if (!slot.defined() && more.dtype() == parent.dtype && parent.has_shape(more.shape())) {
        slot = std::move(more);
        return;
      }
    }
    accumulate_any(edge, parent, std::move(more));
  }

  void accumulate_any(const detail::Edge& edge, const detail::Node& parent, Tensor more) {
    if (!more.defined()) fail("{}: the rule for input {} returned an empty handle", node_->op, edge.input);
    if (more.dtype() != parent.dtype)
      fail<DtypeError>("{}: the rule for input {} returned {}, but the input is {}", node_->op, edge.input,
                       more.dtype(), parent.dtype);
    if (!parent.has_shape(more.shape())) {
      const Shape shape = parent.shape();
      if (!broadcasts_to(shape, more.shape()))
        fail<ShapeError>("{}: the rule for input {} returned shape {}, but the input is {}", node_->op, edge.input,
                         more.shape(), shape);
      more = sum_to(more, shape);
    }
    if (!waiting_.empty()) compute_waiting(edge.parent);
    Tensor& slot = slot_of(edge.parent);
    if (slot.defined()) before_adding(edge.parent, slot);
    add_to(slot, std::move(more));
  }

  void add_to(Tensor& sum, Tensor more) const {
    if (!sum.defined())
      sum = std::move(more);
    else if (!recorded_ && detail::sole_owner(sum))
      detail::add_into(sum, more);
    else if (!recorded_ && detail::sole_owner(more))
      detail::add_into(more, sum), sum = std::move(more);
    else
      sum = add(sum, more);
  }

  // The cotangents of a tensor that is used very often are not added one by one: that error would grow with their
  // number. A few are added up, then a few of these sums, and so on.
  static constexpr int kFewTerms = std::numeric_limits<std::uint8_t>::max() + 1;
  void before_adding(std::uint32_t node, Tensor& slot) {
    if (++arrivals_[node >= mark_ ? node - mark_ : slots_.size() + leaf_index(node)] == 0) [[unlikely]]
      put_aside(node, 0, std::exchange(slot, Tensor()));
  }
  [[gnu::noinline]] void put_aside(std::uint32_t node, int level, Tensor sum) {
    const auto at = std::find_if(partial_.begin(), partial_.end(),
                                 [&](const Partial& one) { return one.node == node && one.level == level; });
    if (at == partial_.end()) {
      partial_.push_back({node, level, 1, std::move(sum)});
      return find_next_partial();
    }
    add_to(at->sum, std::move(sum));
    if (++at->terms < kFewTerms) return;
    sum = std::move(at->sum);
    partial_.erase(at);
    put_aside(node, level + 1, std::move(sum));
  }
  bool has_partial(std::uint32_t node) const {
    return std::any_of(partial_.begin(), partial_.end(), [&](const Partial& one) { return one.node == node; });
  }
  // Adds what was put aside at a node to what waits there.
  [[gnu::noinline]] void gather(std::uint32_t node) {
    if (!has_partial(node)) return;
    Tensor& slot = slot_of(node);
    for (Partial& one : partial_)
      if (one.node == node) add_to(slot, std::move(one.sum));
    std::erase_if(partial_, [&](const Partial& one) { return one.node == node; });
    find_next_partial();
  }
  void find_next_partial() {
    next_partial_ = kNone;
    for (const Partial& one : partial_)
      if (one.node >= mark_ && (next_partial_ == kNone || one.node > next_partial_)) next_partial_ = one.node;
  }

  // A gradient may wait as a product where it is handed out as it is: at a leaf, as long as nothing else arrives there.
  bool may_wait(std::uint32_t node) {
    const detail::Node& leaf = log_.nodes[node];
    return node >= mark_ && leaf.watched && !leaf.edges && !leaf.joint && !slots_[node - mark_].defined() &&
           !find_waiting(node) && !has_partial(node);
  }
  std::shared_ptr<detail::Deferred>* find_waiting(std::uint32_t node) {
    const std::uint32_t at = waits_.empty() || node < mark_ ? 0 : waits_[node - mark_];
    return at != 0 && waiting_[at - 1] ? &waiting_[at - 1] : nullptr;
  }
  // The gradient at this node does not wait any longer, since another is to be added to it.
  void compute_waiting(std::uint32_t node) {
    if (auto* product = find_waiting(node)) {
      slots_[node - mark_] = (*product)->value();
      product->reset();
    }
  }

  Tensor& slot_of(std::uint32_t node) { return node >= mark_ ? slots_[node - mark_] : leaf(node); }
  // A sweep visits nothing before its mark but what its tape watched.
  Tensor& leaf(std::uint32_t node) { return leaves_[leaf_index(node)].second; }
  std::size_t leaf_index(std::uint32_t node) const {
    const auto at = std::lower_bound(leaves_.begin(), leaves_.end(), node,
                                     [](const Leaf& one, std::uint32_t wanted) { return one.first < wanted; });
    return static_cast<std::size_t>(at - leaves_.begin());
  }

  using Leaf = std::pair<std::uint32_t, Tensor>;
  Log& log_;
  const std::uint32_t mark_, last_;
  const bool consumes_, recorded_, observed_ = detail::Observer::sees_sweeps();
  const Reached& reached_;
  std::vector<Tensor> slots_;  // cotangents of the nodes from the mark on
  std::vector<Leaf> leaves_;   // those of watched tensors from before it
  // Gradients of an outermost sweep that are not computed yet, and for each slot where among them its own is, from 1.
  std::vector<std::shared_ptr<detail::Deferred>, detail::PoolAllocator<std::shared_ptr<detail::Deferred>>> waiting_;
  std::vector<std::uint32_t, detail::PoolAllocator<std::uint32_t>> waits_;
  // Sums of cotangents that were put aside at a node, of 256, 256², … terms each; and how often another one arrived
  // there since, of the nodes from the mark on and of the leaves.
  struct Partial {
    std::uint32_t node;
    int level, terms;
    Tensor sum;
  };
  std::vector<Partial, detail::PoolAllocator<Partial>> partial_;
  std::vector<std::uint8_t, detail::PoolAllocator<std::uint8_t>> arrivals_;
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t next_partial_ = kNone;  // the last node from the mark on where one was put aside
  detail::Node* node_ = nullptr;        // whose rules are being called, and its number
  std::uint32_t number_ = 0;
  mutable const detail::Edge* asked_ = nullptr;  // the one that its joint rule asked about last
};

}  // namespace

Tape::Tape(bool is_persistent)
    : before_(detail::current_recording),
      before_serial_(before_.log ? before_.log->serial.load(std::memory_order_relaxed) : 0) {
  log_ = detail::recording();
  outermost_ = log_ == nullptr;
  if (outermost_) log_ = detail::open_log(is_persistent);
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
  // A tape that was kept past the end of the one around it has nothing to go back to.
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
  if (log_->thread != std::this_thread::get_id()) fail<TapeError>("{}: this tape belongs to another thread", action);
  if (log_->serial.load(std::memory_order_relaxed) != serial_) fail<TapeError>("{}: this tape is closed", action);
  if (log_->consumed.load(std::memory_order_relaxed))
    fail<TapeError>("{}: this tape is consumed; `Tape tape(rg::persistent)` keeps its log for more sweeps", action);
  if (suspended_ && suspended_->is_whole && !*suspended_->is_whole)
    fail<TapeError>("{}: this pullback was made inside a checkpoint, whose ops the tape has let go", action);
  return *log_;
}

void Tape::watch(const Tensor& x) { watch(x, nullptr); }

void Tape::watch(const Tensor& x, const detail::Path* path) {
  detail::Log& log = usable_log("watch");
  const std::string* label = nullptr;
  if (path) {  // most often the tensor has the name it had the last time
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
    fail<ShapeError>("gradients: the loss must be of size 1, got shape {}; reduce it, or give a cotangent",
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
    fail<DtypeError>("gradients: the cotangent must be like y, {} {}, got {} {}", y.dtype(), y.shape(),
                     cotangent.dtype(), cotangent.shape());
  if (!(cotangent.shape() == y.shape()))
    fail<ShapeError>("gradients: the cotangent must be like y, {} {}, got {} {}", y.dtype(), y.shape(),
                     cotangent.dtype(), cotangent.shape());
  const auto ours = [&] {
    return suspended_ ? std::span(suspended_->watched) : std::span(log.watched).subspan(watched_mark_);
  };
  const bool on_tape = detail::tracked(&log, y);
  const std::uint32_t last = on_tape ? y.body().node : mark_;
  const Reached reached(log, mark_, on_tape ? last : mark_, on_tape ? ours() : std::span<const detail::Watched>(),
                        outermost_);
  Gradients result;
  if (!on_tape || !reached.contains(last)) {
    if (!may_be_unrelated)
      fail<TapeError>("gradients: nothing that this tape watches leads to this {} tensor", detail::described(y));
    for (const detail::Watched& one : ours()) result.append({one.key, {}, one.name, nullptr});
    return result;
  }
  if (last < mark_) {  // y is itself a watched tensor from before this tape
    for (const detail::Watched& one : ours())
      result.append({one.key, one.node == last ? detail::copied(cotangent) : Tensor(), one.name, nullptr});
    return result;
  }

  const bool consumes = outermost_ && !log.persistent;
  struct ForgetAll {  // also when a rule throws in mid-sweep
    Log* log;
    ~ForgetAll() {
      if (log) log->forget_from(0);
    }
  } forget_all{nullptr};
  const bool recorded = !outermost_ || (suspended_ && detail::recording());
  std::optional<NoTape> pause;  // an outermost sweep computes without recording
  if (!recorded) pause.emplace();
  Sweep cotangents(log, mark_, last, ours(), recorded, consumes, reached);
  result.reserve(ours().size());
  if (consumes) {
    forget_all.log = &log;
    log.consumed.store(true, std::memory_order_release);
    log.forget_from(last + 1);
  }
  cotangents.run(cotangent);
  for (const detail::Watched& one : ours()) result.append(cotangents.take(one));
  return result;
}

}  // namespace retrograd
