#include "in_place.h"

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/log.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/fields.h"
#include "../../core/tensor/format.h"
#include "arithmetic.h"

namespace retrograd {

namespace {

// How x ∘= b is written and recorded. The rules use the values before the write, and what they save is protected from
// the next one.

// d(x + b) = dx + db
struct AddTo {
  static constexpr const char* kName = "+=";
  static constexpr bool kReads = false;
  static void write(Tensor& x, const Tensor& b) { detail::add_into(x, b); }
  static auto in_x(const Tensor& x, const Tensor&) {
    return wrt(x, [](Tensor g) { return g; });
  }
  static auto in_b(const Tensor&, const Tensor& b) {
    return wrt(b, [](Tensor g) { return g; });
  }
};
// d(x − b) = dx − db
struct SubtractFrom {
  static constexpr const char* kName = "-=";
  static constexpr bool kReads = false;
  static void write(Tensor& x, const Tensor& b) { detail::sub_into(x, b); }
  static auto in_x(const Tensor& x, const Tensor& b) { return AddTo::in_x(x, b); }
  static auto in_b(const Tensor&, const Tensor& b) {
    return wrt(b, [](const Tensor& g) { return -g; });
  }
};
// d(x·b) = b·dx + x·db
struct MultiplyBy {
  static constexpr const char* kName = "*=";
  static constexpr bool kReads = true;
  static void write(Tensor& x, const Tensor& b) { detail::mul_into(x, b); }
  static auto in_x(const Tensor& x, const Tensor& b) {
    return wrt(
        x, [](const Tensor& g, const Tensor& factor) { return g * factor; }, b);
  }
  static auto in_b(const Tensor& x, const Tensor& b) { return in_x(b, x); }
};
// d(x/b) = dx/b − (x/b)·db/b
struct DivideBy {
  static constexpr const char* kName = "/=";
  static constexpr bool kReads = true;
  static void write(Tensor& x, const Tensor& b) { detail::div_into(x, b); }
  static auto in_x(const Tensor& x, const Tensor& b) {
    return wrt(
        x, [](const Tensor& g, const Tensor& divisor) { return g / divisor; }, b);
  }
  static auto in_b(const Tensor& x, const Tensor& b) {
    return wrt(
        b, [](const Tensor& g, const Tensor& at, const Tensor& v) { return -(g * (at / v) / v); }, x, b);
  }
};

void check_fits(const char* op, const Tensor& x, const Tensor& b) {
  if (!detail::broadcasts_to(b.shape(), x.shape()))
    detail::fail<ShapeError>("{}: {} does not broadcast to {}", op, detail::described(b), detail::described(x));
  detail::check_dtypes(op, x, b);
}

// `values` with the position on the log that `of` has now.
Tensor in_place_of(const Tensor& of, Tensor values) {
  values.body().tape.serial.store(of.body().tape.serial.load(std::memory_order_relaxed), std::memory_order_relaxed);
  values.body().tape.node = of.body().tape.node;
  return values;
}

// x ∘= b on the values only, even if x is a view with gaps or permuted axes.
template <class Op>
void write_values(Tensor& x, const Tensor& b) {
  if (x.is_contiguous()) return Op::write(x, b);
  Tensor values = detail::packed(x);
  Op::write(values, b);
  detail::write_view(x, values);
}

template <class Op>
Tensor& write_in_place(Tensor& x, const Operand& operand) {
  constexpr const char* op = Op::kName;
  if (x.dtype() == boolean || x.dtype() == uint8) detail::fail<DtypeError>("{}: does not support {}", op, x.dtype());
  Tensor b = operand.as(op, x.dtype());
  check_fits(op, x, b);
  detail::Body& body = x.body();
  detail::Log* log = detail::recording();
  const bool x_tracked = log && detail::tracked(log, x), b_tracked = log && detail::tracked(log, b);
  // A sum may be changed by a constant even if the tape that differentiates it does not see the change.
  if (Op::kReads && !x_tracked)
    detail::check_overwritable(x, op);
  else
    detail::check_in_place(x, op);
  const bool shared = b.body().base == body.base;  // b would change while x is written
  if (!x_tracked && !b_tracked) {
    if (shared) b = detail::copy_values(b);
    write_values<Op>(x, b);
    return x;
  }
  const bool has_views = body.base == &body ? body.memory.views.load(std::memory_order_relaxed) > 0
                                            : body.base->refs.load(std::memory_order_relaxed) > 1;
  if (has_views)
    detail::fail<TapeError>(
        "{}: views share the values of this {} tensor, and the tape would not see them change; write x = x {} b", op,
        detail::described(x), op[0]);
  // Both operands as they are before the write. Only b's rule reads x. Without views, a b that shares its values is x
  // itself.
  const bool keeps_x = Op::kReads && b_tracked;
  const Tensor x_before = in_place_of(x, keeps_x ? detail::copy_values(x) : detach(x));
  if (shared) b = keeps_x ? x_before : in_place_of(x, detail::copy_values(x));
  detail::record_in_place(
      op, x, [&] { write_values<Op>(x, b); }, Op::in_x(x_before, b), Op::in_b(x_before, b));
  return x;
}

}  // namespace

Tensor& operator+=(Tensor& x, const Operand& b) { return write_in_place<AddTo>(x, b); }
Tensor& operator-=(Tensor& x, const Operand& b) { return write_in_place<SubtractFrom>(x, b); }
Tensor& operator*=(Tensor& x, const Operand& b) { return write_in_place<MultiplyBy>(x, b); }
Tensor& operator/=(Tensor& x, const Operand& b) { return write_in_place<DivideBy>(x, b); }

void fill(Tensor& x, Scalar value) {
  detail::check_overwritable(x, "fill");
  if (x.is_contiguous())
    detail::fill_values("fill", x, value);
  else
    detail::write_view(x, broadcast_to(detail::filled("fill", {}, value, x.dtype()), x.shape()));
}

void copy_into(Tensor& x, const Tensor& from) {
  check_fits("copy_into", x, from);
  if (detail::is_tracked(from))
    detail::fail<TapeError>("copy_into: the tape differentiates this {} tensor; copy detach(from) for a constant",
                            from.shape());
  detail::check_overwritable(x, "copy_into");
  const Tensor source = from.body().base == x.body().base ? detail::copy_values(from) : from;
  const NoTape constants;
  detail::write_view(x, broadcast_to(source, x.shape()));
}

}  // namespace retrograd
