// Where did the first NaN come from? While an AnomalyScope lives, every value that this thread records and every
// cotangent that a rule returns is looked through, and the first that is not finite is an error that names the op, its
// place on the tape and what it was given. Costs a pass over each tensor. Does not depend on what ops compute.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "../tensor/tensor.h"
#include "observer.h"

namespace retrograd {

/// A value or a cotangent that is not finite: the op, its place on the tape, the first bad element, and the ranges of
/// what it was given. Not the fault of an argument, and so no Error.
struct AnomalyError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {
/// What a pass over a tensor finds: the range of its finite elements, and the others.
struct ValueRange {
  double minimum = 0, maximum = 0;
  std::int64_t size = 0, nans = 0, infinities = 0;
  std::int64_t first_bad = -1;  // in row-major order
  double bad = 0;

  bool is_finite() const { return first_bad < 0; }
};
ValueRange range_of(const Tensor& x);
}  // namespace detail

/// Until the end of the scope, AnomalyError from the first op recorded on this thread whose value is not finite, and
/// from the first rule in a sweep whose cotangent is not finite. Infinities that an input already has may pass on,
/// since masks of −inf are made on purpose; NaN never passes, and the error says of an input that it is already not
/// finite. Ops on constants, which no tape records, are not seen. A checkpoint is one op: what its function computes on
/// the way is seen where it is run again, in the sweep.
class [[nodiscard]] AnomalyScope final : private detail::Observer {
 public:
  AnomalyScope() = default;
  static void* operator new(std::size_t) = delete;
  static void* operator new[](std::size_t) = delete;

 private:
  void recorded(detail::Log& log, std::uint32_t node, const Tensor& y, std::span<const Tensor* const> inputs) override;
  void sweeping(detail::Log& log, std::uint32_t node, const Tensor& g) override;
  void passed(detail::Log& log, std::uint32_t node, std::uint32_t input, const Tensor& cotangent) override;

  // The ranges of the values on a tape, by node; of nodes that are not ops, none.
  struct Values {
    std::uint64_t serial;
    std::vector<detail::ValueRange> ranges;
  };
  Values& values_on(const detail::Log& log);
  std::vector<Values> values_;  // of the tapes that are open
  detail::ValueRange given_;    // of the cotangent that the rules now running were given
};

}  // namespace retrograd
