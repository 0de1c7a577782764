// A stack of layers within a memory budget. It is cut into segments, some of which are recomputed in the sweep
// (core/autodiff/checkpoint.h), so that the tape keeps at most that many bytes for the stack. The cut with the fewest
// layers recomputed follows from the memory that each layer keeps, measured once per kind of input.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "sequential.h"

namespace retrograd::nn {

/// A Sequential that stays within a budget of bytes on the tape by recomputing some layers in the sweep.
class Checkpointed {
 public:
  /// The layers [begin, end).
  struct Segment {
    std::size_t begin;  ///< the index of the first layer
    std::size_t end;    ///< one past the index of the last layer
    bool recomputed;    ///< true where the segment is recomputed in the sweep
  };

  /// The budget bounds what an outermost tape that is swept once keeps for these layers between calls of layers: the
  /// outputs between segments, everything saved by segments that are not recomputed, and the largest recomputed segment
  /// while it is recomputed. The input, the parameters, the temporaries of a layer, and the cotangents and gradients of
  /// the sweep are not counted.
  Checkpointed(Sequential layers, std::int64_t budget_bytes);

  /// Applies the layers in order; under a tape, within the budget. Error where no cut fits, which states the minimum
  /// budget. The first call under a tape with an input of a new shape runs each layer once more to measure it. A layer
  /// must compute the same values each time, as for rg::checkpoint.
  Tensor operator()(const Tensor& x) const;
  /// The cut for an input like x under the open tape; a single segment if no tape is open.
  std::vector<Segment> segments(const Tensor& x) const;

  /// The fields of the layers, with the same names as in a Sequential.
  void each_field(const detail::Path& path, detail::VisitField visit) { layers_.each_field(path, visit); }

 private:
  struct Plans;
  Sequential layers_;
  std::int64_t budget_;
  std::shared_ptr<Plans> plans_;  // shared by copies, which have the same layers
};

}  // namespace retrograd::nn
