#define HWY_TARGET_INCLUDE "core/kernels/bias.cpp"
#include "bias.h"

#include "math-inl.h"
#include "rows-inl.h"

RETROGRAD_BEGIN_KERNELS();

struct Identity {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return x;
  }
};
template <class Activation>
struct AfterBias {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V y, V bias) const {
    return Activation()(d, hn::Add(y, bias));
  }
};
template <class Activation, class T>
void with_bias(void* z_run, const void* bias_run, void* y_run, std::int64_t n) {
  if (y_run == z_run) return zip_run<AfterBias<Activation>, T>(z_run, 1, bias_run, 1, y_run, n);
  T* z = static_cast<T*>(z_run);
  const T* bias = static_cast<const T*>(bias_run);
  T* y = static_cast<T*>(y_run);
  each_vector<T>(0, n, [=](auto d, std::int64_t i) HWY_ATTR {
    const auto sum = hn::Add(hn::LoadU(d, z + i), hn::LoadU(d, bias + i));
    hn::StoreU(sum, d, z + i);
    hn::StoreU(Activation()(d, sum), d, y + i);
  });
}
template <class Activation>
constexpr detail::ByDtype<detail::BiasRun> bias_run() {
  return detail::floats<detail::BiasRun>(with_bias<Activation, float>, with_bias<Activation, double>);
}

constexpr detail::BiasKernels kTable = {
    .identity = bias_run<Identity>(),
    .relu = bias_run<Relu>(),
    .sigmoid = bias_run<Sigmoid>(),
    .tanh = bias_run<Tanh>(),
};

RETROGRAD_END_KERNELS(BiasKernels, bias_kernels);
