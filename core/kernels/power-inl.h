// aᵇ of float32 on vectors, through float64: within 1 ulp of the exact value, and as the C library has it for zeros,
// infinities, NaN and bases below 0. Not a public header.
#include "math-inl.h"

#if defined(RETROGRAD_CORE_KERNELS_POWER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RETROGRAD_CORE_KERNELS_POWER_INL_H_
#undef RETROGRAD_CORE_KERNELS_POWER_INL_H_
#else
#define RETROGRAD_CORE_KERNELS_POWER_INL_H_
#endif

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {

/// aᵇ for a normal a > 0 and a finite b, up to 2^±900: all by minimax polynomials of
/// relative errors below 2⁻³³ of log₂ a and 2⁻²⁹ of 2ʳ.
struct PositivePower {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V a, V b) const {
    const hn::RebindToUnsigned<D> bits;
    const auto root_half = hn::Set(bits, std::uint64_t{0x3FE6A09E667F3BCD}),
               one = hn::Set(bits, std::uint64_t{1023} << 52);
    // a = 2ᵉ·m with m from √½ to √2: e stands in the last digits of a number above 2⁵².
    const auto moved = hn::Add(hn::BitCast(bits, a), hn::Sub(one, root_half));
    const auto e_bits = hn::Or(hn::ShiftRight<52>(moved), hn::BitCast(bits, hn::Set(d, 0x1p52)));
    const V e = hn::Sub(hn::BitCast(d, e_bits), hn::Set(d, 0x1p52 + 1023));
    const auto digits = hn::And(moved, hn::Set(bits, (std::uint64_t{1} << 52) - 1));
    const V m = hn::BitCast(d, hn::Add(digits, root_half)), f = hn::Sub(m, hn::Set(d, 1.0));
    const V p = polynomial(d, f, -0.086345929749768013, 0.15486370380318901, -0.15698605933572923, 0.15900079390949443,
                           -0.17904626420241951, 0.20609626236638903, -0.24050421657777687, 0.28854064473847191,
                           -0.36067279953295039, 0.48089832070715383, -0.72134752522017009, 1.4426950409392238);
    const V exponent = hn::Mul(b, hn::MulAdd(f, p, e));
    const V y = hn::Max(hn::Min(exponent, hn::Set(d, 900.0)), hn::Set(d, -900.0));
    const V magic = hn::Set(d, 6755399441055744.0), shifted = hn::Add(y, magic),
            r = hn::Sub(y, hn::Sub(shifted, magic));
    const V q = polynomial(d, r, 0.00015345776939182268, 0.0013399931567513678, 0.0096184891088086834,
                           0.055503287768344602, 0.24022646888755786, 0.69314720573710775, 1.0000000005551417);
    const auto power = hn::Add(hn::BitCast(bits, q), hn::ShiftLeft<52>(hn::BitCast(bits, shifted)));
    return hn::BitCast(d, power);
  }
};
struct Pow {
  template <class D, class V>
  V operator()(D d, V a, V b) const {
    const V zero = hn::Zero(d), one = hn::Set(d, 1.0f), inf = infinity(d, a);
    const auto is_plain = hn::And(hn::And(hn::Gt(a, zero), hn::Lt(a, inf)), hn::Lt(hn::Abs(b), inf));
    if (HWY_LIKELY(hn::AllTrue(d, is_plain))) return in_doubles<PositivePower>(d, a, b);
    const V most = hn::Set(d, std::numeric_limits<float>::max()), size = hn::Abs(a);
    V y = in_doubles<PositivePower>(d, hn::Min(size, most), hn::Clamp(b, hn::Neg(most), most));
    const auto is_zero = hn::Eq(size, zero), grows = hn::Gt(b, zero);
    const auto is_edge = hn::Or(is_zero, hn::Eq(size, inf));
    y = hn::IfThenElse(is_edge, hn::IfThenElseZero(hn::Xor(is_zero, grows), inf), y);
    // Below 0 the power is one of whole exponents alone, negative of odd ones.
    const auto is_whole = hn::Eq(hn::Trunc(b), b);
    const V half = hn::Mul(b, hn::Set(d, 0.5f));
    const auto is_odd = hn::And(is_whole, hn::Ne(hn::Trunc(half), half));
    y = hn::Or(y, hn::And(hn::And(a, hn::SignBit(d)), hn::VecFromMask(d, is_odd)));
    const V nan = hn::Set(d, std::numeric_limits<float>::quiet_NaN());
    y = hn::IfThenElse(hn::And(hn::And(hn::Lt(a, zero), hn::Gt(a, hn::Neg(inf))), hn::Not(is_whole)), nan, y);
    y = hn::IfThenElse(hn::And(hn::Eq(a, a), hn::Eq(b, b)), y, hn::Add(a, b));
    return hn::IfThenElse(hn::Or(hn::Eq(b, zero), hn::Eq(a, one)), one, y);
  }
};

}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
