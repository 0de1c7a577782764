// How an op declares its derivative: record(op, value, wrt(x, rule, saved…)…). The rule computes the cotangent of x
// from that of the value, using the library's own ops; what else it needs is listed after it. Only if x is tracked are
// the rule and handles to these tensors kept on the tape, and the tensors protected from writes. So an op needs no
// check of its own: if nothing is tracked, record just returns the value. Does not depend on what any op computes.
#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#include "../tensor/operand.h"
#include "../tensor/tensor.h"
#include "log.h"
#include "node.h"
#include "observer.h"

namespace retrograd {

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

/// True if an op on these inputs would be recorded: for ops that compute differently in that case.
template <class... Tensors>
bool is_recorded(const Tensors&... inputs) {
  const detail::Log* log = detail::recording();
  return log && (detail::tracked(log, inputs) || ...);
}

/// In a list of saved tensors: the value of the op itself, or an empty handle if it is not needed.
struct Result {
  bool is_needed = true;  ///< false for an empty handle
};
/// In a list of saved tensors: x if the cotangent of `input` will be requested, otherwise an empty handle.
struct SavedFor {
  const Tensor& input;  ///< an input of the op
  const Tensor& x;      ///< needed only for the cotangent of that input
};

namespace detail {
template <class T>
concept SavesTensor = std::same_as<T, Tensor>;
template <class T>
concept SavesLater = !std::same_as<T, Tensor> && std::is_invocable_r_v<Tensor, const T&, const Tensor&>;
template <class T>
concept Savable = SavesTensor<T> || std::same_as<T, Result> || std::same_as<T, SavedFor> || SavesLater<T>;
}  // namespace detail

/// One input of an op and its rule, as passed to `record`; holds references only.
template <class F, class... Saved>
struct Wrt {
  const Tensor& x;                    ///< the input
  F rule;                             ///< called with the cotangent and the saved tensors
  std::tuple<const Saved&...> saved;  ///< see `wrt`
};

/// The rule for input x: rule(cotangent of the value, saved…) is the cotangent of x. A saved item is a tensor, Result{}
/// for the op's own value, SavedFor{input, tensor}, or a function of the value that is called when the op is recorded
/// and returns a tensor, which may be empty. A rule that takes its cotangent by value may receive the last handle to
/// it, so that ops on std::move(g) reuse its memory. A rule may also capture tensors; then the values of all inputs are
/// protected.
template <class F, detail::Savable... Saved>
Wrt<F, Saved...> wrt(const Tensor& x, F rule, const Saved&... saved) {
  return {x, std::move(rule), {saved...}};
}
/// True for Wrt with any rule.
template <class T>
inline constexpr bool is_wrt = false;
/// True.
template <class... T>
inline constexpr bool is_wrt<Wrt<T...>> = true;

namespace detail {

inline Tensor saved_handle(Log*, const Tensor&, const Tensor& x) { return x; }
inline Tensor saved_handle(Log*, const Tensor& y, const Result& result) { return result.is_needed ? y : Tensor(); }
inline Tensor saved_handle(Log* log, const Tensor&, const SavedFor& one) {
  return tracked(log, one.input) ? one.x : Tensor();
}
template <SavesLater F>
Tensor saved_handle(Log*, const Tensor& y, const F& make) {
  return make(y);
}

/// A rule and its saved tensors.
template <class F, std::size_t kCount>
struct RuleWithSaved {
  // A rule without saved tensors may hold some in its captures, unless it is trivially destructible.
  static constexpr bool kCaptures = kCount == 0 && !std::is_trivially_destructible_v<F>;
  F rule;
  std::array<Tensor, kCount> saved;

  template <class... Arguments>
  decltype(auto) operator()(Arguments&&... arguments) {
    return std::apply(
        [&](const auto&... tensors) -> decltype(auto) {
          return rule(std::forward<Arguments>(arguments)..., tensors...);
        },
        saved);
  }
  static std::span<const Tensor> saved_in(const void* rule) { return static_cast<const RuleWithSaved*>(rule)->saved; }
  static void destroy(void* rule) noexcept { static_cast<RuleWithSaved*>(rule)->~RuleWithSaved(); }
};

/// An edge or a joint with its rule behind it, as the log stores them.
template <class Head, class Rule>
struct WithRule {
  Head head;
  alignas(Rule) std::byte rule[sizeof(Rule)];
  static constexpr std::uint32_t offset() { return offsetof(WithRule, rule); }
};

template <class Rule>
constexpr RuleKind rule_kind() {
  RuleKind kind{nullptr,
                nullptr,
                &Rule::saved_in,
                std::is_trivially_destructible_v<Rule> ? nullptr : &Rule::destroy,
                WithRule<Edge, Rule>::offset(),
                Rule::kCaptures};
  using Given = std::invoke_result_t<Rule&, Tensor&&>;
  if constexpr (IsLazy<std::remove_cvref_t<Given>>)
    kind.give = [](void* rule, Tensor&& g, Cotangents& out, std::size_t input) {
      out.give(input, (*static_cast<Rule*>(rule))(std::move(g)));
    };
  else
    kind.call = [](void* rule, Tensor&& g) -> Tensor { return (*static_cast<Rule*>(rule))(std::move(g)); };
  return kind;
}
template <class Rule>
inline constexpr RuleKind kRuleKind = rule_kind<Rule>();
template <class Rule>
inline constexpr JointKind kJointKind = {
    [](void* rule, Tensor&& g, Cotangents& out) { (*static_cast<Rule*>(rule))(std::move(g), out); }, &Rule::saved_in,
    &Rule::destroy, WithRule<Joint, Rule>::offset(), Rule::kCaptures};

/// Memory of the log for an edge or a joint, with the rule stored in it and handles to what the rule saves, which are
/// protected.
template <class Head, class F, class... Saved>
void* place_rule(Log* log, const Tensor& y, F&& rule, const std::tuple<const Saved&...>& saved) {
  using Stored = RuleWithSaved<std::remove_cvref_t<F>, sizeof...(Saved)>;
  static_assert(alignof(Stored) <= alignof(std::max_align_t), "a rule may not capture over-aligned values");
  using Memory = WithRule<Head, Stored>;
  auto* const memory = static_cast<Memory*>(log->arena.allocate<alignof(Memory)>(sizeof(Memory)));
  auto* const stored = std::apply(
      [&](const auto&... one) {
        return new (memory->rule) Stored{std::forward<F>(rule), {saved_handle(log, y, one)...}};
      },
      saved);
  try {
    for (const Tensor& one : stored->saved)
      if (one.defined()) stamp(log, one);
  } catch (...) {
    Stored::destroy(stored);
    throw;
  }
  return memory;
}

/// Creates an edge to x, which is tracked, and prepends it to `others`.
template <class F, class... Saved>
Edge* make_edge(Log* log, const Tensor& y, Wrt<F, Saved...>&& of, std::uint32_t input, Edge* others) {
  void* memory = place_rule<Edge>(log, y, std::move(of.rule), of.saved);
  return new (memory) Edge{&kRuleKind<RuleWithSaved<F, sizeof...(Saved)>>, others, of.x.body().tape.node, input};
}

/// Creates a joint rule and what it saves.
template <class F, class... Saved>
Joint* make_joint(Log* log, const Tensor& y, F&& rule, const std::tuple<const Saved&...>& saved) {
  void* memory = place_rule<Joint>(log, y, std::forward<F>(rule), saved);
  return new (memory) Joint{&kJointKind<RuleWithSaved<std::remove_cvref_t<F>, sizeof...(Saved)>>};
}

/// True for a value that has no other handle and is not on any log.
inline bool is_fresh(const Tensor& y) {
  const Body& body = y.body();
  return body.tape.serial.load(std::memory_order_relaxed) == 0 && body.refs.load(std::memory_order_relaxed) == 1;
}
/// Ensures that y can be appended to the log: replaces y by a new handle if it is already on one.
void make_own(Log* log, Tensor& y);
/// Appends a node for y with these edges or this joint rule, and protects its values. If it throws, nothing has
/// changed.
inline void append_value(Log* log, const char* op, Tensor& y, bool is_new, Edge* edges, Joint* joint) {
  if (is_new) {
    Body& body = y.body();
    const std::uint64_t serial = log->serial.load(std::memory_order_relaxed);
    if (body.base == &body)
      body.tape.stamp.store(serial, std::memory_order_relaxed);
    else
      stamp(log, y);
    push_node(log, op, NodeKind::op, body, edges, joint);
    body.tape.serial.store(serial, std::memory_order_relaxed);
    body.tape.node = log->nodes.size() - 1;
    return;
  }
  log->make_room();
  append_node(log, op, NodeKind::op, y, edges, joint);
  stamp(log, y);
}

/// True if the rule of an input may capture tensors, so that the values of all inputs must be protected.
template <class... T>
inline constexpr bool captures = false;
template <class F, class... Saved>
inline constexpr bool captures<Wrt<F, Saved...>> = RuleWithSaved<F, sizeof...(Saved)>::kCaptures;

}  // namespace detail

/// Appends the op that computed y to the open tape, with a rule for each tracked input, and returns y. The engine skips
/// unwatched inputs, sums a cotangent down to the shape of a broadcast input, and accumulates: rules never do.
template <class... Inputs>
requires(is_wrt<std::remove_cvref_t<Inputs>>&&...) Tensor record(const char* op, Tensor y, Inputs&&... inputs) {
  detail::Log* log = detail::recording();
  if (!log || !(detail::tracked(log, inputs.x) || ...)) return y;
  const bool is_new = detail::is_fresh(y);
  if (!is_new) detail::make_own(log, y);
  std::uint32_t position = 0;
  detail::Edge* edges = nullptr;
  const auto edge = [&]<class Input>(Input&& input) {
    if constexpr ((detail::captures<std::remove_cvref_t<Inputs>> || ...)) detail::stamp(log, input.x);
    if (detail::tracked(log, input.x)) edges = detail::make_edge(log, y, std::forward<Input>(input), position, edges);
    ++position;
  };
  try {
    (edge(std::forward<Inputs>(inputs)), ...);
    detail::append_value(log, op, y, is_new, edges, nullptr);
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

/// The same with one rule for all inputs: rule(cotangent, out, saved…) checks out.wants(i) and calls out.give(i,
/// cotangent of input i). For ops with a list of inputs, or where one pass computes several cotangents.
template <class F, detail::Savable... Saved>
Tensor record_joint(const char* op, Tensor y, std::span<const Tensor> inputs, F rule, const Saved&... saved) {
  detail::Log* log = detail::recording();
  if (!log || std::none_of(inputs.begin(), inputs.end(), [log](const Tensor& x) { return detail::tracked(log, x); }))
    return y;
  const bool is_new = detail::is_fresh(y);
  if (!is_new) detail::make_own(log, y);
  detail::Edge* edges = nullptr;
  for (auto i = static_cast<std::uint32_t>(inputs.size()); i-- > 0;) {  // keeps the edges in input order
    if constexpr (detail::RuleWithSaved<F, sizeof...(Saved)>::kCaptures) detail::stamp(log, inputs[i]);
    if (!detail::tracked(log, inputs[i])) continue;
    edges = new (log->arena.allocate(sizeof(detail::Edge))) detail::Edge{nullptr, edges, inputs[i].body().tape.node, i};
  }
  detail::Joint* joint = detail::make_joint(log, y, std::move(rule), std::tuple<const Saved&...>(saved...));
  try {
    detail::append_value(log, op, y, is_new, edges, joint);
  } catch (...) {
    joint->destroy();
    throw;
  }
  if (detail::Observer::current()) [[unlikely]]
    detail::notify_recorded(log, y, inputs);
  return y;
}

namespace detail {

/// Writes to x and appends this to the open tape as an op whose value x is from then on. One of the inputs stands for x
/// before the write. Nothing is written before everything that may fail has succeeded.
template <class Write, class... Inputs>
void record_in_place(const char* op, Tensor& x, Write write, Inputs&&... inputs) {
  Log* log = recording();
  std::uint32_t position = 0;
  Edge* edges = nullptr;
  const auto edge = [&]<class Input>(Input&& input) {
    if (tracked(log, input.x)) edges = make_edge(log, x, std::forward<Input>(input), position, edges);
    ++position;
  };
  try {
    (edge(std::forward<Inputs>(inputs)), ...);
    log->make_room();
    write();
    append_node(log, op, NodeKind::in_place, x, edges);
  } catch (...) {
    forget_edges(edges);
    throw;
  }
  // The log keeps no handle to the base of a view, so the base's serial tells later views of it that this log writes
  // here.
  if (Body* base = x.body().base; base != &x.body())
    base->tape.serial.store(log->serial.load(std::memory_order_relaxed), std::memory_order_relaxed);
  const Tensor* const seen[] = {&inputs.x...};
  if (Observer::current()) [[unlikely]]
    notify_recorded(log, x, seen);
}

/// The operand of an op whose memory the value may reuse: a temporary with no other handle, if the op is not recorded;
/// otherwise null.
[[gnu::always_inline]] inline Tensor* reusable(const OperandPair& operands) {
  Tensor* spare = operands.spare();
  return spare && !is_recorded(operands.a, operands.b) ? spare : nullptr;
}
/// The same for a cotangent that a rule received by value.
template <class... Others>
[[gnu::always_inline]] inline Tensor* reusable(Tensor& g, const Others&... others) {
  return sole_owner(g) && !is_recorded(g, others...) ? &g : nullptr;
}

}  // namespace detail
}  // namespace retrograd
