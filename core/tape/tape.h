// Tape: an RAII scope that records ops on watched tensors and sweeps back over them. With none open, ops only compute.
// Insertion order is topological order, so a sweep is a backward loop. The outermost tape is consumed by `gradients`; a
// nested tape is a mark in the same log, and its sweep is itself recorded: the order of the derivative is the depth of
// the nesting. Once a tape is closed, what it recorded is constant. Does not depend on what any op computes.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "../tensor/fields.h"
#include "../tensor/tensor.h"
#include "gradients.h"
#include "log.h"
#include "record.h"

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

}  // namespace retrograd
