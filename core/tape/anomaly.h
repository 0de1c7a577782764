// Finds the origin of NaN. While an AnomalyScope is active, every value that this thread records and every cotangent
// that a rule returns is checked, and the first that is not finite is an error that names the op, its position on the
// tape and its inputs. Costs a pass over each tensor. Does not depend on what ops compute.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "../tensor/tensor.h"
#include "observer.h"

namespace retrograd {

/// A value or cotangent that is not finite: the op, its position on the tape, the first bad element, and the ranges of
/// its inputs. Not caused by a wrong argument, and so not an Error.
struct AnomalyError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {
/// Statistics of a tensor: the range of its finite elements, and the counts of the others.
struct ValueRange {
  double minimum = 0, maximum = 0;
  std::int64_t size = 0, nans = 0, infinities = 0;
  std::int64_t first_bad = -1;  // in row-major order
  double bad = 0;

  bool is_finite() const { return first_bad < 0; }
};
ValueRange range_of(const Tensor& x);
}  // namespace detail

/// Until the end of the scope, throws AnomalyError at the first op recorded on this thread whose value is not finite,
/// and at the first rule in a sweep whose cotangent is not finite. Infinities that an input already has may be
/// propagated, since masks of −inf are common; NaN never passes, and the error says if an input was already not finite.
/// Ops on constants, which no tape records, are not checked. A checkpoint is a single op: the intermediate values of
/// its function are checked when it is rerun in the sweep.
class [[nodiscard]] AnomalyScope final : private detail::Observer {
 public:
  AnomalyScope() = default;
  static void* operator new(std::size_t) = delete;
  static void* operator new[](std::size_t) = delete;

 private:
  void recorded(detail::Log& log, std::uint32_t node, const Tensor& y, std::span<const Tensor* const> inputs) override;
  void sweeping(detail::Log& log, std::uint32_t node, const Tensor& g) override;
  void passed(detail::Log& log, std::uint32_t node, std::uint32_t input, const Tensor& cotangent) override;

  // The ranges of the values on a tape, by node; empty for nodes that are not ops.
  struct Values {
    std::uint64_t serial;
    std::vector<detail::ValueRange> ranges;
  };
  Values& values_on(const detail::Log& log);
  std::vector<Values> values_;  // of all open tapes
  detail::ValueRange given_;    // of the cotangent passed to the rules that are running
};

}  // namespace retrograd
