#include "sweep.h"

#include <utility>

#include "../base/error.h"
#include "linear.h"
#include "observer.h"

namespace retrograd::detail {

Sweep::Sweep(Log& log, const SweepOrder& order, const Reached& reached)
    : log_(log),
      order_(order),
      is_observed_(Observer::sees_sweeps()),
      reached_(reached),
      sums_(log, order.mark, order.last, order.watched, order.is_recorded) {}

void Sweep::run(const Tensor& cotangent) {
  sums_.at(order_.last) = cotangent;
  for (std::uint32_t i = order_.last + 1; i-- > order_.mark;) {
    node_ = &log_.nodes[i];
    number_ = i;
    if (Tensor& sum = sums_.complete(i); sum.defined() && node_->edges && reached_.contains(i)) {
      Tensor g = node_->watched ? sum : std::move(sum);
      if (is_observed_) each_observer([&](Observer& observer) { observer.sweeping(log_, i, g); });
      if (node_->joint)
        call_joint(std::move(g));
      else
        for (const Edge* edge = node_->edges; edge; edge = edge->next) call_rule(*edge, g);
      if (is_observed_) {
        g = Tensor();
        each_observer([&](Observer& observer) { observer.swept(log_, i); });
      }
    }
    if (order_.consumes) {
      log_.with_rules.store(i, std::memory_order_relaxed);
      if (is_observed_) each_observer([&](Observer& observer) { observer.forgetting(log_, i); });
      log_.forget_node(*node_);
    }
  }
}

// Passes g to the rule of one edge: the handle itself if no other rule needs it.
inline void Sweep::call_rule(const Edge& edge, Tensor& g) {
  if (!reached_.contains(edge.parent)) return;
  const RuleKind& kind = *edge.kind;
  if (kind.call)
    return accumulate(edge, edge.next ? kind.call(edge.rule(), Tensor(g)) : kind.call(edge.rule(), std::move(g)));
  asked_ = &edge;
  kind.give(edge.rule(), edge.next ? Tensor(g) : std::move(g), *this, edge.input);
}

void Sweep::call_joint(Tensor&& g) {
  asked_ = node_->edges;
  node_->joint->kind->call(node_->joint->rule(), std::move(g), *this);
}

namespace {
// True if x is one value broadcast to many elements.
bool is_one_value(const Tensor& x) {
  constexpr std::int64_t kMany = 256;
  if (x.is_contiguous() || x.size() < kMany) return false;
  const Strides strides = x.strides();
  for (int axis = 0; axis < x.rank(); ++axis)
    if (strides[static_cast<std::size_t>(axis)] != 0 && x.shape()[axis] > 1) return false;
  return true;
}
}  // namespace

Gradients::Entry Sweep::take(const Watched& one) {
  if (one.node > order_.last) return {one.key, {}, one.name, nullptr};
  if (auto* product = find_waiting(one.node)) return {one.key, {}, one.name, std::move(*product)};
  Tensor& cotangent = sums_.final_sum(one.node);
  if (cotangent.defined())
    cotangent = !order_.is_recorded && is_one_value(cotangent) ? spread(cotangent) : owned(std::move(cotangent));
  return {one.key, std::move(cotangent), one.name, nullptr};
}

bool Sweep::wants(std::size_t input) const {
  const Edge* edge = edge_of(input);
  return edge && reached_.contains(edge->parent);
}

void Sweep::give(std::size_t input, Tensor cotangent) {
  const Edge* edge = edge_of(input);
  if (edge && reached_.contains(edge->parent)) accumulate(*edge, std::move(cotangent));
}

void Sweep::give(std::size_t input, Lazy&& cotangent) {
  const Edge* edge = edge_of(input);
  if (!edge || !reached_.contains(edge->parent)) return;
  // A sweep that is recorded or observed handles tensors only.
  const bool may_be_lazy = !order_.is_recorded && !is_observed_;
  if (!may_be_lazy || !take_lazy(edge->parent, cotangent)) accumulate(*edge, cotangent.value());
}

// Adds it in place to an existing sum, or keeps it deferred: at a leaf, until something else arrives there.
inline bool Sweep::take_lazy(std::uint32_t node, Lazy& cotangent) {
  if (!waiting_.empty()) compute_waiting(node);
  if (Tensor* sum = sums_.sum_to_add_to(node)) return cotangent.add_to(*sum);
  return node >= order_.mark && log_.nodes[node].watched && !log_.nodes[node].edges && let_wait(node, cotangent);
}

// The edges of a joint rule are in the order of its inputs, and most rules query in that order.
const Edge* Sweep::edge_of(std::size_t input) const {
  if (asked_->input == input) return asked_;
  const Edge* edge = asked_->input < input ? asked_ : node_->edges;
  while (edge && edge->input < input) edge = edge->next;
  if (!edge || edge->input != input) return nullptr;
  return asked_ = edge;
}

void Sweep::accumulate(const Edge& edge, Tensor&& more) {
  if (is_observed_ && more.defined())
    each_observer([&](Observer& observer) { observer.passed(log_, number_, edge.input, more); });
  const Node& parent = log_.nodes[edge.parent];
  if (edge.parent >= order_.mark && waiting_.empty() && more.defined()) {  // the common case: the first arrival
    Tensor& sum = sums_.at(edge.parent);
    if (!sum.defined() && more.dtype() == parent.dtype && parent.has_shape(more.shape())) {
      sum = std::move(more);
      return;
    }
  }
  accumulate_checked(edge, parent, std::move(more));
}

void Sweep::accumulate_checked(const Edge& edge, const Node& parent, Tensor&& more) {
  if (!more.defined()) fail("{}: the rule for input {} returned an empty handle", node_->op, edge.input);
  if (more.dtype() != parent.dtype)
    fail<DtypeError>("{}: the rule for input {} returned {}, but the input is {}", node_->op, edge.input, more.dtype(),
                     parent.dtype);
  if (!parent.has_shape(more.shape())) {
    const Shape shape = parent.shape();
    if (!broadcasts_to(shape, more.shape()))
      fail<ShapeError>("{}: the rule for input {} returned shape {}, but the input is {}", node_->op, edge.input,
                       more.shape(), shape);
    more = sum_to(more, shape);
  }
  if (!waiting_.empty()) compute_waiting(edge.parent);
  sums_.add(edge.parent, std::move(more));
}

bool Sweep::let_wait(std::uint32_t node, Lazy& cotangent) {
  if (!sums_.is_untouched(node)) return false;
  const Node& leaf = log_.nodes[node];
  auto product = cotangent.defer();
  if (!product || product->dtype() != leaf.dtype || !leaf.has_shape(product->shape())) return false;
  if (waits_.empty()) waits_.resize(order_.last + 1 - order_.mark);
  waiting_.push_back(std::move(product));
  waits_[node - order_.mark] = static_cast<std::uint32_t>(waiting_.size());
  return true;
}

std::shared_ptr<Deferred>* Sweep::find_waiting(std::uint32_t node) {
  const std::uint32_t at = waits_.empty() || node < order_.mark ? 0 : waits_[node - order_.mark];
  return at != 0 && waiting_[at - 1] ? &waiting_[at - 1] : nullptr;
}

// Computes the deferred gradient of this node, since another one is to be added to it.
void Sweep::compute_waiting(std::uint32_t node) {
  if (auto* product = find_waiting(node)) {
    sums_.at(node) = (*product)->value();
    product->reset();
  }
}

}  // namespace retrograd::detail
