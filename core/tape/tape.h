// Tape: an RAII scope that records ops on watched tensors and sweeps back over them. With no tape open, ops only
// compute. Insertion order is topological order, so a sweep is a backward loop. The outermost tape is consumed by
// `gradients`; a nested tape is a mark in the same log, and its sweep is itself recorded: the order of the derivative
// is the nesting depth. Once a tape is closed, what it recorded is constant. Does not depend on what any op computes.
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
  /// Starts recording on this thread until the end of the scope. Inside an open tape it nests, unless that tape is
  /// consumed or paused: then this one is outermost.
  Tape() : Tape(false) {}
  /// The same, but `gradients` may be called more than once.
  explicit Tape(Persistent) : Tape(true) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;
  static void* operator new(std::size_t) = delete;
  static void* operator new[](std::size_t) = delete;
  ~Tape();

  /// Makes x a variable: everything computed from it from now on is recorded. DtypeError if x is not floating-point.
  void watch(const Tensor& x);
  /// Watches every parameter of a model, under its dotted name.
  template <HasFields Model>
  void watch(const Model& model) {
    detail::walk_parameters(const_cast<Model&>(model), detail::Path(),
                            [this](const detail::Path& path, Tensor& parameter) { watch(parameter, &path); });
  }

  /// The derivatives of a loss of size 1 with respect to everything this tape watches. The outermost tape is consumed:
  /// its closures are freed as the sweep passes them, and it records nothing more. TapeError if the loss does not
  /// depend on anything watched, if the tape is consumed, or on another thread; ShapeError if the loss is not of size
  /// 1.
  Gradients gradients(const Tensor& loss);
  /// The same for y of any shape, weighted by a cotangent of the same shape: differentiates Σ cotangent·y. ShapeError
  /// or DtypeError if the cotangent is not like y.
  Gradients gradients(const Tensor& y, const Tensor& cotangent);
  /// Like `gradients`, but with empty values for all watched tensors if y depends on none of them.
  Gradients gradients_or_none(const Tensor& loss);
  /// The same for y of any shape, weighted by a cotangent of y's shape.
  Gradients gradients_or_none(const Tensor& y, const Tensor& cotangent);

 protected:
  /// Ends recording before the end of the scope, and lets the tape outlive it: the log can be swept later and more than
  /// once, and if another tape is open by then, that tape records the sweep. Nothing more can be watched. A nested tape
  /// can be swept only as long as its ops are on the log: not after the checkpoint in which it was created.
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
  std::uint32_t mark_;        // the first node of this tape
  std::size_t watched_mark_;  // the first tensor watched by this tape
  bool outermost_;
  std::unique_ptr<Kept> suspended_;  // set while suspended
};

}  // namespace retrograd
