// Numbers of any precision, set per thread, by MPFR: enough of an interface to write formulas as in a book. Does not
// depend on tensors.
#pragma once
#include <mpfr.h>

#include <utility>

/// A number of Real::precision() bits, rounded to nearest.
class Real {
 public:
  /// Sets the precision of numbers that this thread creates from now on.
  static mpfr_prec_t& precision() {
    static thread_local mpfr_prec_t bits = 128;
    return bits;
  }

  Real() { mpfr_init2(value_, precision()); }
  Real(double x) : Real() { mpfr_set_d(value_, x, MPFR_RNDN); }
  Real(const Real& other) : Real() { mpfr_set(value_, other.value_, MPFR_RNDN); }
  Real(Real&& other) noexcept : Real() { mpfr_swap(value_, other.value_); }
  Real& operator=(Real other) noexcept {
    mpfr_swap(value_, other.value_);
    return *this;
  }
  ~Real() { mpfr_clear(value_); }

  mpfr_ptr get() { return value_; }
  mpfr_srcptr get() const { return value_; }
  double to_double() const { return mpfr_get_d(value_, MPFR_RNDN); }
  bool is_number() const { return mpfr_number_p(value_) != 0; }
  bool is_zero() const { return mpfr_zero_p(value_) != 0; }
  /// e such that 2^(e−1) ≤ |x| < 2^e, for a nonzero number.
  long exponent() const { return mpfr_get_exp(value_); }
  /// x · 2^power, exactly.
  Real scaled(long power) const {
    Real y(*this);
    mpfr_mul_2si(y.value_, value_, power, MPFR_RNDN);
    return y;
  }

 private:
  mpfr_t value_;
};

#define RETROGRAD_REAL_OPERATOR(symbol, function)             \
  inline Real operator symbol(const Real& a, const Real& b) { \
    Real y;                                                   \
    function(y.get(), a.get(), b.get(), MPFR_RNDN);           \
    return y;                                                 \
  }
RETROGRAD_REAL_OPERATOR(+, mpfr_add)
RETROGRAD_REAL_OPERATOR(-, mpfr_sub)
RETROGRAD_REAL_OPERATOR(*, mpfr_mul)
RETROGRAD_REAL_OPERATOR(/, mpfr_div)
#undef RETROGRAD_REAL_OPERATOR

inline Real operator-(const Real& x) {
  Real y;
  mpfr_neg(y.get(), x.get(), MPFR_RNDN);
  return y;
}
inline bool operator<(const Real& a, const Real& b) { return mpfr_less_p(a.get(), b.get()) != 0; }

/// y = function(x), for an MPFR function.
template <int (*kFunction)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t)>
Real apply(const Real& x) {
  Real y;
  kFunction(y.get(), x.get(), MPFR_RNDN);
  return y;
}
/// y = function(a, b).
template <int (*kFunction)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t)>
Real apply(const Real& a, const Real& b) {
  Real y;
  kFunction(y.get(), a.get(), b.get(), MPFR_RNDN);
  return y;
}
/// π to this thread's precision.
inline Real pi() {
  Real y;
  mpfr_const_pi(y.get(), MPFR_RNDN);
  return y;
}
