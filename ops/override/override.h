// Checked overrides: a layer or loss is defined as a composition of primitive ops, and a hand-derived fused op
// replaces it. A scope on this thread chooses: fused (the default), composed, or checked, where both run and values and
// every gradient are compared at each call, in the sweep by the real cotangent. Does not depend on any particular
// override.
#pragma once
#include <array>
#include <span>
#include <string>

#include "../../core/base/error.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// How overrides run.
enum class OverrideMode {
  fused,     ///< the fused op alone, the default
  composed,  ///< the composition alone
  checked    ///< both, compared; OverrideMismatch where they differ
};

/// Chooses how overrides run on this thread until the end of the scope.
class [[nodiscard]] OverrideScope {
 public:
  /// The mode holds from here on.
  explicit OverrideScope(OverrideMode mode);
  OverrideScope(const OverrideScope&) = delete;
  OverrideScope& operator=(const OverrideScope&) = delete;
  static void* operator new(std::size_t) = delete;
  ~OverrideScope();

 private:
  OverrideMode before_;
};
/// How overrides run on this thread.
OverrideMode override_mode();

/// A fused op that differs from its composition: names the override, what differs (the value or an input's gradient),
/// the worst element and both numbers. A relative L2 distance of 1e-5 is accepted for float32, 1e-12 for float64;
/// values are also allowed the rounding of the terms they are sums of, and gradients as much of the cotangent's norm as
/// rounding leaves of it (1e-6, 1e-14): where all cancels, only rounding is left to compare.
struct OverrideMismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A named pair of functions of the same tensors: the composition that defines the op, and the fused op that replaces
/// it. Both are plain functions (no captures) of one to four tensors; a number or an axis is a scalar tensor of
/// float64 or int64, which they read. The name lives as long as the process.
class Override {
 public:
  /// Joins the two under a name, which no other override may have.
  template <class... Tensors>
  constexpr Override(const char* unique_name, Tensor (*composition)(const Tensor&, Tensors...),
                     Tensor (*fused_op)(const Tensor&, Tensors...))
      : name_(unique_name), arity_(1 + sizeof...(Tensors)), composed_(composition), fused_(fused_op) {}

  /// Runs one of the two, or both, as the mode says.
  template <class... Tensors>
  Tensor operator()(const Tensor& x, const Tensors&... more) const {
    const std::array<const Tensor*, 1 + sizeof...(Tensors)> inputs = {&x, &more...};
    return call(inputs);
  }
  /// The same with the inputs in a list; Error where their number is not the arity.
  Tensor operator()(std::span<const Tensor> inputs) const;

  /// The name that `checked` speaks of.
  const char* name() const { return name_; }
  /// How many tensors the two functions take.
  std::size_t arity() const { return arity_; }
  /// The composition of these inputs, whatever the mode.
  Tensor composed(std::span<const Tensor> inputs) const;
  /// The fused op of these inputs, whatever the mode.
  Tensor fused(std::span<const Tensor> inputs) const;

 private:
  using Inputs = std::span<const Tensor* const>;
  // One pointer that holds a function of any arity up to four.
  union Function {
    Tensor (*one)(const Tensor&);
    Tensor (*two)(const Tensor&, const Tensor&);
    Tensor (*three)(const Tensor&, const Tensor&, const Tensor&);
    Tensor (*four)(const Tensor&, const Tensor&, const Tensor&, const Tensor&);
    constexpr Function(Tensor (*f)(const Tensor&)) : one(f) {}
    constexpr Function(Tensor (*f)(const Tensor&, const Tensor&)) : two(f) {}
    constexpr Function(Tensor (*f)(const Tensor&, const Tensor&, const Tensor&)) : three(f) {}
    constexpr Function(Tensor (*f)(const Tensor&, const Tensor&, const Tensor&, const Tensor&)) : four(f) {}
  };
  Tensor call(Inputs inputs) const;
  Tensor apply(const Function& function, Inputs inputs) const;
  Tensor checked(Inputs inputs) const;

  const char* name_;
  std::size_t arity_;
  Function composed_, fused_;
};

/// The library's own overrides, such as overrides::linear: calling one runs what the mode says.
namespace overrides {
/// Every one of them.
std::span<const Override* const> all();
}  // namespace overrides

}  // namespace retrograd
