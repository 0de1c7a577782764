#include "override.h"

#include <cmath>
#include <limits>
#include <vector>

#include "../../core/base/function_ref.h"
#include "../../core/base/random.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/format.h"

namespace retrograd {

namespace {

double tolerance_of(Dtype dtype) { return dtype == float32 ? 1e-5 : 1e-12; }

thread_local constinit OverrideMode current_mode = OverrideMode::fused;

// Checks ‖a − b‖ ≤ tolerance · max(‖a‖, ‖b‖) + floor(), in double; floor is called only if it decides. The error names
// the element that differs most.
void compare(const char* name, const std::string& what, const Tensor& fused, const Tensor& composed,
             FunctionRef<double()> floor) {
  if (!(fused.shape() == composed.shape()) || fused.dtype() != composed.dtype())
    detail::fail<OverrideMismatch>("override {}: {} is {} {} fused, but {} {} composed", name, what, fused.dtype(),
                                   fused.shape(), composed.dtype(), composed.shape());
  const std::vector<double> f = fused.to_vector<double>(), c = composed.to_vector<double>();
  double distance = 0, norm_f = 0, norm_c = 0, worst = -1;
  std::size_t at = 0;
  for (std::size_t i = 0; i < f.size(); ++i) {
    // Equal infinities, and two NaN, are no difference.
    const bool same = f[i] == c[i] || (std::isnan(f[i]) && std::isnan(c[i]));
    const double difference = same ? 0 : std::abs(f[i] - c[i]);
    const double rank = std::isnan(difference) ? INFINITY : difference;
    if (rank > worst) worst = rank, at = i;
    distance += difference * difference;
    if (std::isfinite(f[i])) norm_f += f[i] * f[i];
    if (std::isfinite(c[i])) norm_c += c[i] * c[i];
  }
  const double tolerance = tolerance_of(fused.dtype()), norm = std::sqrt(std::max(norm_f, norm_c));
  if (std::sqrt(distance) <= tolerance * norm || std::sqrt(distance) <= tolerance * norm + floor()) return;
  std::string index;
  for (int axis = fused.rank() - 1, left = static_cast<int>(at); axis >= 0; --axis) {
    const int size = static_cast<int>(fused.shape()[axis]);
    index = fmt::format("{}{}{}", left % size, index.empty() ? "" : ", ", index);
    left /= size;
  }
  detail::fail<OverrideMismatch>(
      "override {}: {} differs most at [{}]: fused {}, composed {} (relative L2 {:.2e}, allowed {:.0e})", name, what,
      index, f[at], c[at], std::sqrt(distance) / norm, tolerance);
}

// The possible rounding error of a value whose terms cancel: 4 ε √n · max|x|·… over the inputs, for sums as long as
// their longest axis. A tolerance relative to the value alone would reject correct ops.
double rounding_of_terms(std::span<const Tensor> inputs, const Tensor& y) {
  double largest_term = 1;
  std::int64_t longest = 1;
  for (const Tensor& x : inputs) {
    if (!is_floating(x.dtype())) continue;
    double largest = 1;
    for (double v : x.to_vector<double>())
      if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
    largest_term *= largest;
    for (std::int64_t size : x.shape()) longest = std::max(longest, size);
  }
  const double epsilon = y.dtype() == float32 ? 0x1p-23 : 0x1p-52;
  return 4 * epsilon * std::sqrt(static_cast<double>(y.size()) * static_cast<double>(longest)) * largest_term;
}

double norm_of(const Tensor& x) {
  double sum = 0;
  for (double v : x.to_vector<double>()) sum += v * v;
  return std::sqrt(sum);
}

// x with each element perturbed by its rounding error, in a random direction.
Tensor nudged(const Tensor& x, Rng& rng) {
  if (!is_floating(x.dtype())) return x;
  const Tensor y = detail::copy_values(x);
  detail::dispatch<float, double>(x.dtype(), [&]<class T>() {
    T* value = detail::values<T>(y);
    for (std::int64_t i = 0; i < y.size(); ++i) {
      const T step = std::numeric_limits<T>::epsilon() * value[i];
      value[i] += rng.bits() & 1 ? step : -step;
    }
  });
  return y;
}

double distance_of(const Tensor& a, const Tensor& b) {
  const std::vector<double> x = a.to_vector<double>(), y = b.to_vector<double>();
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (const double difference = x[i] - y[i]; std::isfinite(difference)) sum += difference * difference;
  return std::sqrt(sum);
}

// The same for any result: a multiple of how far it moves when everything it is computed from is perturbed by its
// rounding error.
constexpr int kNudges = 4;
constexpr double kTimesRounding = 16;
double moved_by_rounding(const Tensor& result, FunctionRef<Tensor(Rng&)> nudged_result) {
  Rng rng(1);
  double most = 0;
  for (int i = 0; i < kNudges; ++i) most = std::max(most, distance_of(nudged_result(rng), result));
  return kTimesRounding * most;
}

std::vector<Tensor> nudged(const std::vector<Tensor>& inputs, Rng& rng) {
  std::vector<Tensor> moved;
  for (const Tensor& x : inputs) moved.push_back(nudged(x, rng));
  return moved;
}

// The cotangents of the wanted inputs: differentiates f on its own tape, which nests if the sweep is recorded.
template <class F>
std::vector<Tensor> pullback(const std::vector<Tensor>& inputs, const std::vector<bool>& wanted,
                             const Tensor& cotangent, F f) {
  Tape tape;
  std::vector<Tensor> variables = inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!wanted[i]) continue;
    variables[i] = alias(inputs[i]);
    tape.watch(variables[i]);
  }
  const Tensor y = f(variables);
  const Gradients gradients = tape.gradients_or_none(y, cotangent);
  std::vector<Tensor> out(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (wanted[i]) out[i] = gradients.get_or_zeros(variables[i]);
  return out;
}

}  // namespace

OverrideScope::OverrideScope(OverrideMode mode) : before_(current_mode) { current_mode = mode; }
OverrideScope::~OverrideScope() { current_mode = before_; }
OverrideMode override_mode() { return current_mode; }

Tensor Override::apply(const Function& f, Inputs x) const {
  switch (arity_) {
    case 1:
      return f.one(*x[0]);
    case 2:
      return f.two(*x[0], *x[1]);
    case 3:
      return f.three(*x[0], *x[1], *x[2]);
    default:
      return f.four(*x[0], *x[1], *x[2], *x[3]);
  }
}

namespace {
std::vector<const Tensor*> pointers(std::span<const Tensor> inputs) {
  std::vector<const Tensor*> list;
  for (const Tensor& x : inputs) list.push_back(&x);
  return list;
}
}  // namespace

Tensor Override::operator()(std::span<const Tensor> inputs) const { return call(pointers(inputs)); }
Tensor Override::composed(std::span<const Tensor> inputs) const { return apply(composed_, pointers(inputs)); }
Tensor Override::fused(std::span<const Tensor> inputs) const { return apply(fused_, pointers(inputs)); }

Tensor Override::call(Inputs inputs) const {
  if (inputs.size() != arity_) detail::fail("{}: expects {} tensors, got {}", name_, arity_, inputs.size());
  switch (current_mode) {
    case OverrideMode::composed:
      return apply(composed_, inputs);
    case OverrideMode::checked:
      return checked(inputs);
    case OverrideMode::fused:
      break;
  }
  return apply(fused_, inputs);
}

Tensor Override::checked(Inputs borrowed) const {
  // Nested overrides run fused only: each is checked where it is called directly, not again wherever it is used.
  const OverrideScope inside{OverrideMode::fused};
  std::vector<Tensor> inputs;
  for (const Tensor* x : borrowed) inputs.push_back(*x);
  Tensor y;
  {
    const NoTape compute_only;
    y = fused(inputs);
    const Tensor expected = composed(inputs);
    const auto nudged_value = [&](Rng& rng) { return composed(nudged(inputs, rng)); };
    const auto floor = [&] { return rounding_of_terms(inputs, y) + moved_by_rounding(expected, nudged_value); };
    compare(name_, "the value", y, expected, floor);
  }
  return record_joint(name_, y, inputs, [self = *this, inputs](const Tensor& g, Cotangents& out) {
    const OverrideScope inside_sweep{OverrideMode::fused};
    std::vector<bool> wanted;
    for (std::size_t i = 0; i < inputs.size(); ++i) wanted.push_back(out.wants(i));
    const auto of_fused = pullback(inputs, wanted, g, [&](const std::vector<Tensor>& x) { return self.fused(x); });
    const auto of_composed =
        pullback(inputs, wanted, g, [&](const std::vector<Tensor>& x) { return self.composed(x); });
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!wanted[i]) continue;
      const bool is_named = inputs[i].body().label.load(std::memory_order_acquire) != nullptr;
      const std::string what = fmt::format("the gradient of input {}{}", i,
                                           is_named ? fmt::format(" {}", detail::described(inputs[i])) : "");
      const auto nudged_gradient = [&](Rng& rng) {
        const NoTape compute_only;
        return pullback(nudged(inputs, rng), wanted, nudged(g, rng),
                        [&](const std::vector<Tensor>& x) { return self.composed(x); })[i];
      };
      const auto floor = [&] {
        return norm_of(g) * (g.dtype() == float32 ? 1e-6 : 1e-14) + moved_by_rounding(of_composed[i], nudged_gradient);
      };
      compare(self.name_, what, of_fused[i], of_composed[i], floor);
      out.give(i, of_fused[i]);
    }
  });
}

}  // namespace retrograd
