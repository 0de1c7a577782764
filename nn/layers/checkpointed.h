// A stack of layers within a memory budget: cut into segments of which some are computed again in the sweep
// (core/autodiff/checkpoint.h), so that what the tape keeps of the stack stays within so many bytes. The cut with the
// least recomputation is found from what each layer keeps, which is measured once for each kind of input.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "sequential.h"

namespace retrograd::nn {

/// A Sequential that keeps within a budget of bytes on the tape by computing some layers again in the sweep.
class Checkpointed {
 public:
  /// Layers from `begin` up to, without, `end`.
  struct Segment {
    std::size_t begin;  ///< the number of the first layer
    std::size_t end;    ///< the number behind that of the last
    bool recomputed;    ///< true where the segment is computed again in the sweep
  };

  /// The budget bounds what an outermost tape that is swept once keeps of these layers: the outputs between segments,
  /// all that the segments which are not recomputed need, and the largest one while it is recomputed, as they are
  /// between layers. The input, the parameters, what a layer uses only while it runs, and the cotangents and gradients
  /// of the sweep come on top.
  Checkpointed(Sequential layers, std::int64_t budget_bytes);

  /// Each layer applied to what the one before it returned; to the tape, within the budget. Error where no cut keeps
  /// within it: it names the least budget that would do. The first call with an input of some shape under a tape runs
  /// each layer once more, to measure it. A layer must compute the same each time, as for rg::checkpoint.
  Tensor operator()(const Tensor& x) const;
  /// How the layers are cut for an input like x under the tape that is open; all in one where none is.
  std::vector<Segment> segments(const Tensor& x) const;

  /// The fields of the layers, under the same names as without a budget.
  void each_field(const detail::Path& path, detail::VisitField visit) { layers_.each_field(path, visit); }

 private:
  struct Plans;
  Sequential layers_;
  std::int64_t budget_;
  std::shared_ptr<Plans> plans_;  // copies have the same layers, and share what was learned
};

}  // namespace retrograd::nn
