// Tape: an RAII scope that records ops on watched tensors and sweeps back over them. With none open, ops only compute.
// Insertion order is topological order, so a sweep is a backward loop. The outermost tape is consumed by `gradients`; a
// nested tape is a mark in the same log, and its sweep is itself recorded: the order of the derivative is the depth of
// the nesting. Once a tape is closed, what it recorded is constant. Also `record` and `wrt`, by which an op states its
// derivative. Refuses to know what any op computes.
#pragma once
#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "../tensor/fields.h"
#include "../tensor/tensor.h"
#include "gradients.h"
#include "log.h"

namespace retrograd {

/// The type of `persistent`.
struct Persistent {};
/// `Tape tape(rg::persistent)` keeps its log for more than one call of `gradients`.
inline constexpr Persistent persistent{};

/// Records this thread's ops on watched tensors until the end of its scope.
class [[nodiscard]] Tape {
 public:
  /// Starts recording on this thread until the end of the scope. Inside an open tape it nests, unless that one is
  /// consumed or paused: then this one is outermost.
  Tape() : Tape(false) {}
  /// The same, and `gradients` may be asked more than once.
  explicit Tape(Persistent) : Tape(true) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;
  static void* operator new(std::size_t) = delete;
  static void* operator new[](std::size_t) = delete;
  ~Tape();

  /// Makes x a variable: what is computed from it from now on is recorded. DtypeError where x is not floating.
  void watch(const Tensor& x);
  /// Watches every parameter of a model, under its dotted name.
  template <HasFields Model>
  void watch(const Model& model) {
    detail::walk_parameters(const_cast<Model&>(model), detail::Path(),
                            [this](const detail::Path& path, Tensor& parameter) { watch(parameter, &path); });
  }

  /// Derivatives of a loss of size 1 with respect to everything this tape watches. The outermost tape is consumed: its
  /// closures are freed as the sweep passes them and it records nothing more. TapeError on a loss that nothing watched
  /// leads to, on a consumed tape, and on another thread; ShapeError on a loss that is not of size 1.
  Gradients gradients(const Tensor& loss);
  /// The same for y of any shape, weighted by a cotangent of y's shape: Σ cotangent·y is differentiated. ShapeError or
  /// DtypeError where the cotangent is not like y.
  Gradients gradients(const Tensor& y, const Tensor& cotangent);
  /// As `gradients`, with an empty value for every watched tensor where nothing watched leads to it.
  Gradients gradients_or_none(const Tensor& loss);
  /// The same for y of any shape, weighted by a cotangent of y's shape.
  Gradients gradients_or_none(const Tensor& y, const Tensor& cotangent);

 protected:
  /// Ends recording before the scope does, and lets the tape outlive it: the log can be swept later and more than once,
  /// and where another tape has opened meanwhile, that one records the sweep. Nothing can be watched any more. A nested
  /// tape is swept only as long as its ops are on the log: not after the checkpoint that it was made in.
  void suspend();

 private:
  struct Kept {
    std::vector<detail::Watched> watched;
    std::shared_ptr<bool> is_whole;  // null for an outermost tape, which always is
  };
  explicit Tape(bool is_persistent);
  void watch(const Tensor& x, const detail::Path* path);
  detail::Log& usable_log(const char* action);
  Gradients sweep(const Tensor& y, const Tensor& cotangent, bool may_be_unrelated);

  detail::Recording before_;
  std::uint64_t before_serial_;
  detail::Log* log_;
  std::uint64_t serial_;
  std::uint32_t mark_;        // the first node that is ours
  std::size_t watched_mark_;  // the first watched tensor that is ours
  bool outermost_;
  std::unique_ptr<Kept> suspended_;  // where it is suspended
};

/// Suspends recording on this thread until the end of the scope.
class [[nodiscard]] NoTape {
 public:
  NoTape() : before_(detail::current_recording.paused) { detail::current_recording.paused = true; }
  NoTape(const NoTape&) = delete;
  NoTape& operator=(const NoTape&) = delete;
  static void* operator new(std::size_t) = delete;
  static void* operator new[](std::size_t) = delete;
  ~NoTape() { detail::current_recording.paused = before_; }

 private:
  bool before_;
};

/// One input of an op and the rule for it: rule(cotangent of the value) is the cotangent of the input, written in the
/// library's own ops. The capture list of the rule is the list of what is saved. A rule that takes its cotangent by
/// value may be given the last handle on it, so that ops on std::move(g) reuse its memory. A rule that is a struct may
/// also have bool accumulate(const Tensor& g, Tensor& into), which adds what the call would return to a buffer and is
/// used where nobody records; false where it can't.
template <class F>
struct Wrt {
  const Tensor& x;  ///< the input
  F rule;           ///< Tensor(const Tensor& cotangent), or of a cotangent by value
};
/// The rule for input x, as `record` takes it.
template <class F>
Wrt<F> wrt(const Tensor& x, F rule) {
  return {x, std::move(rule)};
}
/// True of Wrt, whatever its rule is.
template <class T>
inline constexpr bool is_wrt = false;
/// True.
template <class F>
inline constexpr bool is_wrt<Wrt<F>> = true;

namespace detail {
/// Gives y a place in the log, with these edges or this joint rule, and protects its values: a fresh handle on them
/// takes it where y already has one. Where it throws, nothing has changed.
inline void append_value(Log* log, const char* op, Tensor& y, Edge* edges, Joint* joint) {
  Body& body = y.body();
  if (body.serial.load(std::memory_order_relaxed) == 0 && body.base == &body &&
      body.refs.load(std::memory_order_relaxed) == 1) {  // fresh: nobody else can see it
    push_node(log, op, body, edges, joint);
    const std::uint64_t serial = log->serial.load(std::memory_order_relaxed);
    body.serial.store(serial, std::memory_order_relaxed);
    body.stamp.store(serial, std::memory_order_relaxed);
    body.node = log->nodes.size() - 1;
    return;
  }
  if (tracked(log, y)) y = make_view(y, y.shape(), y.strides());
  log->make_room();
  append_node(log, op, y, edges, joint);
  stamp(log, y);
}
}  // namespace detail

/// Appends the op that made y to the open tape, with a rule for each input that is tracked, and returns y. The engine
/// skips unwatched inputs, sums a cotangent down to the shape of a broadcast input, and accumulates: a rule never does.
template <class... Inputs>
requires(is_wrt<std::remove_cvref_t<Inputs>>&&...) Tensor record(const char* op, Tensor y, Inputs&&... inputs) {
  detail::Log* log = detail::recording();
  if (!log || !(detail::tracked(log, inputs.x) || ...)) return y;
  std::uint32_t position = 0;
  detail::Edge* edges = nullptr;
  const auto edge = [&]<class Input>(Input&& input) {
    detail::stamp(log, input.x);  // a constant too: the other inputs' rules may need its values
    if (detail::tracked(log, input.x))
      edges = detail::make_edge(log, input.x, position, std::forward<Input>(input).rule, edges);
    ++position;
  };
  try {
    (edge(std::forward<Inputs>(inputs)), ...);
    detail::append_value(log, op, y, edges, nullptr);
  } catch (...) {
    detail::forget_edges(edges);
    throw;
  }
  if (detail::Observer::current()) [[unlikely]] {
    const std::array<const Tensor*, sizeof...(Inputs)> seen = {&inputs.x...};
    detail::notify_recorded(log, y, seen);
  }
  return y;
}

/// True where an op on these inputs would be recorded. An op whose rules capture may ask before it builds them: a
/// captured handle is counted, even in a rule that is thrown away.
template <class... Tensors>
bool is_recorded(const Tensors&... inputs) {
  const detail::Log* log = detail::recording();
  return log && (detail::tracked(log, inputs) || ...);
}

/// Declares that a rule of the op just recorded as y needs the values of x, which is none of its inputs (a mask, say):
/// writing into x is then an error while the tape is open.
inline void protect(const Tensor& y, const Tensor& x) {
  if (detail::is_tracked(y)) detail::stamp(detail::recording(), x);
}

using detail::Cotangents;

/// The same with one rule for all inputs: rule(cotangent, out) asks out.wants(i) and answers out.give(i, cotangent of
/// input i). For ops whose inputs are a list, or where one pass serves several inputs.
template <class F>
Tensor record_joint(const char* op, Tensor y, std::span<const Tensor> inputs, F rule) {
  detail::Log* log = detail::recording();
  bool any = false;
  for (const Tensor& x : inputs) any = any || (log && detail::tracked(log, x));
  if (!any) return y;
  std::vector<const Tensor*> seen;
  if (detail::Observer::current())
    for (const Tensor& x : inputs) seen.push_back(&x);
  detail::Edge* edges = nullptr;
  for (auto i = static_cast<std::uint32_t>(inputs.size()); i-- > 0;) {  // so that the edges are in the order of inputs
    detail::stamp(log, inputs[i]);
    if (!detail::tracked(log, inputs[i])) continue;
    edges =
        new (log->arena.allocate(sizeof(detail::Edge))) detail::Edge{nullptr, nullptr, edges, inputs[i].body().node, i};
  }
  detail::Joint* joint = detail::make_joint(log, std::move(rule));
  try {
    detail::append_value(log, op, y, edges, joint);
  } catch (...) {
    joint->destroy(joint->rule);
    throw;
  }
  if (detail::Observer::current()) [[unlikely]]
    detail::notify_recorded(log, y, seen);
  return y;
}

}  // namespace retrograd
