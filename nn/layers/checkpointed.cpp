#include "checkpointed.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "../../core/autodiff/checkpoint.h"
#include "../../core/base/call_context.h"
#include "../../core/base/error.h"
#include "../../core/base/locks.h"
#include "../../core/base/random.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/format.h"
#include "../base/training.h"

namespace retrograd::nn {

namespace {

using Bytes = std::int64_t;

// The bytes that the tape keeps for one layer.
struct Cost {
  Bytes grown;   // including its output, while its input is alive
  Bytes output;  // the output alone
  Bytes unused;  // of the output, where neither this layer's rules nor the next one's save it
};

// Of this thread only, which does all the work that is measured.
Bytes own_live_bytes() { return detail::own_pool ? detail::live_bytes_of(*detail::own_pool) : 0; }
Bytes bytes_of(const detail::Body& body) {
  return static_cast<Bytes>(detail::kBlockHead + detail::bytes_of_class(body.size_class));
}
bool is_held_elsewhere(const Tensor& x) { return x.body().refs.load(std::memory_order_acquire) > 1; }

// Which of the stack's tensors the open tape tracks, the input last: besides the input's shape, the costs depend on it.
using Tracked = std::vector<bool>;

// Runs the layers one by one, each on its own tape that watches what is tracked here, without side effects: generators
// and running statistics do not advance.
std::vector<Cost> costs_of(Sequential layers, const Tensor& x, const Tracked& tracked) {
  std::vector<Cost> costs;
  const NoTape pause;
  std::optional<Rng> drawn_from;
  if (const Rng* rng = training()) drawn_from = *rng;
  const detail::CallContextScope again({drawn_from ? &*drawn_from : nullptr, true, default_dtype()});
  Tensor in = x;
  bool in_tracked = tracked.back();
  std::size_t field = 0;
  for (std::size_t k = 0; k < layers.size(); ++k) {
    Tape tape;
    if (k == 0 && in_tracked) in = detach(x);
    if (in_tracked) tape.watch(in);
    layers.part(k, k + 1).each_field(detail::Path(), [&](const detail::Path&, Tensor& tensor) {
      if (tracked[field++]) tape.watch(tensor);
    });
    const Bytes before = own_live_bytes();
    Tensor y = layers.apply(in, k, k + 1);
    const detail::Body& body = y.body();
    const Bytes own = bytes_of(body), all = own + (body.base == &body ? 0 : bytes_of(*body.base));
    costs.push_back({own_live_bytes() - before, all, is_held_elsewhere(y) ? 0 : own});
    if (k > 0 && is_held_elsewhere(in)) costs[k - 1].unused = 0;
    in_tracked = detail::is_tracked(y);
    in = std::move(y);
  }
  return costs;
}

// Finds the best cut by dynamic programming: among all ways to reach a layer with the same number of layers recomputed,
// only the one that holds the fewest bytes is kept, since fewer bytes held never make the rest worse.
class Cutter {
 public:
  explicit Cutter(std::vector<Cost> costs) : costs_(std::move(costs)), n_(costs_.size()) {}

  Bytes least_budget() const {
    Bytes low = 0, high = kept(0, n_);
    while (low < high) {
      const Bytes middle = low + (high - low) / 2;
      if (fits(middle))
        high = middle;
      else
        low = middle + 1;
    }
    return low;
  }

  // The segments with the fewest layers recomputed; empty where no cut fits the budget.
  std::vector<Checkpointed::Segment> cut(Bytes budget) const {
    std::vector<std::vector<Way>> ways(n_ + 1, std::vector<Way>(n_ + 1));  // by layers done and layers recomputed
    ways[0][0].held = 0;
    for (std::size_t end = 1; end <= n_; ++end)
      each_segment(end, budget, [&](std::size_t begin, bool recomputed, Bytes peak, Bytes more) {
        const std::size_t extra = recomputed ? end - begin : 0;
        for (std::size_t done = 0; done <= begin; ++done) {
          const Bytes held = ways[begin][done].held;
          Way& way = ways[end][done + extra];
          if (held <= budget - peak && held + more < way.held) way = {held + more, begin, recomputed};
        }
      });
    std::vector<Checkpointed::Segment> segments;
    std::size_t recomputed = 0;
    while (recomputed <= n_ && ways[n_][recomputed].held == kNever) ++recomputed;
    if (recomputed > n_) return segments;
    for (std::size_t end = n_; end > 0;) {
      const Way& way = ways[end][recomputed];
      segments.push_back({way.begin, end, way.recomputed});
      if (way.recomputed) recomputed -= end - way.begin;
      end = way.begin;
    }
    std::reverse(segments.begin(), segments.end());
    return segments;
  }

 private:
  static constexpr Bytes kNever = std::numeric_limits<Bytes>::max() / 2;
  struct Way {
    Bytes held = kNever;
    std::size_t begin = 0;
    bool recomputed = false;
  };

  Bytes kept(std::size_t begin, std::size_t end) const {
    Bytes bytes = 0;
    for (std::size_t k = begin; k < end; ++k) bytes += costs_[k].grown - (k + 1 < end ? costs_[k].unused : 0);
    return bytes;
  }

  // Calls f(begin, recomputed, bytes while it runs, bytes held after it) for each segment that ends at `end`.
  template <class F>
  void each_segment(std::size_t end, Bytes budget, F f) const {
    Bytes bytes = costs_[end - 1].grown;
    for (std::size_t begin = end - 1;; --begin) {
      f(begin, false, bytes, bytes);
      f(begin, true, bytes, costs_[end - 1].output);
      if (begin == 0 || bytes > budget) return;
      bytes += costs_[begin - 1].grown - costs_[begin - 1].unused;
    }
  }

  bool fits(Bytes budget) const {
    std::vector<Bytes> least(n_ + 1, kNever);
    least[0] = 0;
    for (std::size_t end = 1; end <= n_; ++end)
      each_segment(end, budget, [&](std::size_t begin, bool, Bytes peak, Bytes more) {
        if (least[begin] <= budget - peak) least[end] = std::min(least[end], least[begin] + more);
      });
    return least[n_] <= budget;
  }

  std::vector<Cost> costs_;
  std::size_t n_;
};

}  // namespace

struct Checkpointed::Plans {
  struct Plan {
    Shape shape;
    Dtype dtype;
    Tracked tracked;
    bool is_training;
    std::vector<Segment> segments;
  };
  // Guarded by the process-wide lock of plans. Plans are computed outside it, possibly by two threads at once.
  std::vector<Plan> plans;
};

Checkpointed::Checkpointed(Sequential layers, std::int64_t budget_bytes)
    : layers_(std::move(layers)), budget_(budget_bytes), plans_(std::make_shared<Plans>()) {}

std::vector<Checkpointed::Segment> Checkpointed::segments(const Tensor& x) const {
  Tracked tracked;
  Sequential layers = layers_;
  layers.each_field(detail::Path(),
                    [&](const detail::Path&, Tensor& tensor) { tracked.push_back(detail::is_tracked(tensor)); });
  tracked.push_back(detail::is_tracked(x));
  if (std::find(tracked.begin(), tracked.end(), true) == tracked.end()) return {{0, layers_.size(), false}};
  const bool is_training = training() != nullptr;
  {
    const std::lock_guard lock(detail::locks().plans);
    for (const Plans::Plan& plan : plans_->plans)
      if (plan.shape == x.shape() && plan.dtype == x.dtype() && plan.tracked == tracked &&
          plan.is_training == is_training)
        return plan.segments;
  }
  const Cutter cutter(costs_of(std::move(layers), x, tracked));
  std::vector<Segment> found = cutter.cut(budget_);
  if (found.empty() && layers_.size() > 0)
    detail::fail(
        "checkpointed: a budget of {} bytes is too small for {} layers on a {} {} input; the minimum is {} bytes",
        budget_, layers_.size(), x.dtype(), x.shape(), cutter.least_budget());
  const std::lock_guard lock(detail::locks().plans);
  plans_->plans.push_back({x.shape(), x.dtype(), std::move(tracked), is_training, found});
  return found;
}

Tensor Checkpointed::operator()(const Tensor& x) const {
  if (!detail::recording()) return layers_(x);
  Tensor y = x;
  for (const Segment& segment : segments(x)) {
    if (!segment.recomputed) {
      y = layers_.apply(y, segment.begin, segment.end);
      continue;
    }
    y = checkpoint(
        [layers = layers_, segment](const Tensor& in) {  // all layers, so that errors report the right indices
          Tensor out = in;
          for (std::size_t k = segment.begin; k < segment.end; ++k) {
            out = layers.apply(out, k, k + 1);
            detail::settle_checkpoint();
          }
          return out;
        })(y);
  }
  return y;
}

}  // namespace retrograd::nn
