// Checked overrides: a layer or loss is defined as a composition of primitive ops, and a hand-derived fused op replaces
// it. A scope selects the mode on this thread: fused (the default), composed, or checked, which runs both and compares
// values and all gradients at each call, with the actual cotangent of the sweep. Does not depend on any particular
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
  fused,     ///< only the fused op; the default
  composed,  ///< only the composition
  checked    ///< both, compared; OverrideMismatch if they differ
};

/// Selects how overrides run on this thread until the end of the scope.
class [[nodiscard]] OverrideScope {
 public:
  /// The mode applies from here on.
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

/// Thrown if a fused op differs from its composition: names the override, what differs (the value or an input's
/// gradient), the worst element and both numbers. The relative L2 distance may be up to 1e-5 for float32 and 1e-12 for
/// float64; values may also differ by the rounding error of their terms, and gradients by that of the cotangent's norm
/// (1e-6, 1e-14): if everything cancels, only rounding errors are left to compare.
struct OverrideMismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A named pair of functions of the same tensors: the composition that defines the op, and the fused op that replaces
/// it. Both are plain functions (no captures) of one to four tensors; a number or an axis is passed as a scalar tensor
/// of float64 or int64. The name must live as long as the process.
class Override {
 public:
  /// Pairs the two functions under a name, which must be unique.
  template <class... Tensors>
  constexpr Override(const char* unique_name, Tensor (*composition)(const Tensor&, Tensors...),
                     Tensor (*fused_op)(const Tensor&, Tensors...))
      : name_(unique_name), arity_(1 + sizeof...(Tensors)), composed_(composition), fused_(fused_op) {}

  /// Runs one of the two functions, or both, depending on the mode.
  template <class... Tensors>
  Tensor operator()(const Tensor& x, const Tensors&... more) const {
    const std::array<const Tensor*, 1 + sizeof...(Tensors)> inputs = {&x, &more...};
    return call(inputs);
  }
  /// The same with a list of inputs; Error if their number is not the arity.
  Tensor operator()(std::span<const Tensor> inputs) const;

  /// The name used in errors.
  const char* name() const { return name_; }
  /// The number of tensors the two functions take.
  std::size_t arity() const { return arity_; }
  /// Runs the composition, whatever the mode.
  Tensor composed(std::span<const Tensor> inputs) const;
  /// Runs the fused op, whatever the mode.
  Tensor fused(std::span<const Tensor> inputs) const;

 private:
  using Inputs = std::span<const Tensor* const>;
  // A pointer to a function of any arity up to four.
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

/// The library's overrides, such as overrides::linear; calling one runs it in the current mode.
namespace overrides {
/// All of them.
std::span<const Override* const> all();
}  // namespace overrides

}  // namespace retrograd
