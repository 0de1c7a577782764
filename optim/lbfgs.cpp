#include "lbfgs.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <vector>

#include "../core/base/error.h"
#include "../core/compute/creation.h"
#include "../core/tensor/format.h"
#include "../ops/elementwise/arithmetic.h"
#include "../ops/elementwise/convert.h"
#include "../ops/elementwise/in_place.h"
#include "../ops/reduction/reductions.h"
#include "../ops/shape/joining.h"
#include "line_search.h"

namespace retrograd::optim {

std::string_view name(LbfgsStatus status) {
  switch (status) {
    case LbfgsStatus::gradient:
      return "gradient";
    case LbfgsStatus::change:
      return "change";
    case LbfgsStatus::iterations:
      return "iterations";
    case LbfgsStatus::evaluations:
      return "evaluations";
    case LbfgsStatus::line_search:
      return "line_search";
    case LbfgsStatus::not_finite:
      break;
  }
  return "not_finite";
}

namespace detail {

namespace {

double dot(const Tensor& a, const Tensor& b) { return sum(a * b).item<double>(); }
double largest(const Tensor& x) { return max(abs(x)).item<double>(); }

// The parameters as one float64 vector, and the line through it along which f is searched.
class Line {
 public:
  Line(std::span<const Parameter> parameters, Evaluate evaluate, Missing missing)
      : parameters_(parameters), evaluate_(evaluate), missing_(missing) {
    for (const Parameter& one : parameters) {
      retrograd::detail::check_floating("minimize", one.tensor);
      retrograd::detail::check_writable(one.tensor, "minimize");
    }
    origin_ = point(flat([](const Parameter& one) { return one.tensor; }));
    direction = zeros_like(origin_.values);
  }

  Trial at(double t) {
    try {
      if (t != 0) write(point(origin_.values + t * direction));
      ++evaluations;
      const auto [loss, gradients] = evaluate_();
      const Tensor gradient = flat([&, &g = gradients](const Parameter& one) {
        return missing_ == Missing::error ? g[one.tensor] : g.get_or_zeros(one.tensor);
      });
      return {t, loss.item<double>(), dot(gradient, direction), gradient};
    } catch (...) {
      if (t != 0) write(origin_);
      throw;
    }
  }
  // Makes the point at t the new origin.
  void move(double t) {
    try {
      if (t != 0) origin_ = point(origin_.values + t * direction);
    } catch (...) {
      write(origin_);
      throw;
    }
    write(origin_);
  }

  Tensor direction;
  std::int64_t evaluations = 0;

 private:
  template <class TensorOf>
  Tensor flat(TensorOf tensor_of) const {
    std::vector<Tensor> parts;
    for (const Parameter& one : parameters_) parts.push_back(reshape(astype(tensor_of(one), float64), {-1}));
    return concatenate(parts);
  }
  // A vector, and its parts in the parameters' shapes and dtypes, made beforehand so that no write can fail halfway.
  struct Point {
    Tensor values;
    std::vector<Tensor> parts;
  };
  Point point(const Tensor& values) const {
    Point made{values, {}};
    std::int64_t begin = 0;
    for (const Parameter& one : parameters_) {
      const Tensor part = values[range(begin, begin + one.tensor.size())];
      made.parts.push_back(astype(part, one.tensor.dtype()));
      begin += one.tensor.size();
    }
    return made;
  }
  void write(const Point& at) {
    for (const Parameter& one : parameters_) retrograd::detail::check_writable(one.tensor, "minimize");
    for (std::size_t i = 0; i < at.parts.size(); ++i)
      std::memcpy(parameters_[i].tensor.body().data, at.parts[i].body().data,
                  static_cast<std::size_t>(at.parts[i].size()) * size_of(at.parts[i].dtype()));
  }
  std::span<const Parameter> parameters_;
  Evaluate evaluate_;
  Missing missing_;
  Point origin_;
};

// The last steps s and the corresponding changes y of the gradient.
class Curvature {
 public:
  explicit Curvature(std::size_t length) : length_(length) {}
  void learn(const Tensor& s, const Tensor& y) {
    const double sy = dot(s, y);
    if (!(sy > 1e-10)) return;
    if (length_ > 0) {
      if (pairs_.size() == length_) pairs_.pop_front();
      pairs_.push_back({s, y, 1 / sy, 0});
    }
    scale_ = sy / dot(y, y);
  }
  // −H·gradient, by the two-loop recursion (Nocedal and Wright, algorithm 7.4).
  Tensor direction(const Tensor& gradient) {
    Tensor q = -gradient;
    for (auto pair = pairs_.rbegin(); pair != pairs_.rend(); ++pair) {
      pair->alpha = pair->rho * dot(pair->s, q);
      q -= pair->alpha * pair->y;
    }
    q *= scale_;
    for (const Pair& pair : pairs_) q += (pair.alpha - pair.rho * dot(pair.y, q)) * pair.s;
    return q;
  }

 private:
  struct Pair {
    Tensor s, y;
    double rho, alpha;
  };
  std::size_t length_;
  std::deque<Pair> pairs_;
  double scale_ = 1;
};

void check(const Lbfgs& settings) {
  if (settings.max_iterations < 0)
    retrograd::detail::fail("Lbfgs: max_iterations cannot be negative, got {}", settings.max_iterations);
  if (settings.max_evaluations < 1)
    retrograd::detail::fail("Lbfgs: max_evaluations must be positive, got {}", settings.max_evaluations);
  if (!(settings.tolerance_gradient >= 0))
    retrograd::detail::fail("Lbfgs: tolerance_gradient cannot be negative, got {}", settings.tolerance_gradient);
  if (!(settings.tolerance_change >= 0))
    retrograd::detail::fail("Lbfgs: tolerance_change cannot be negative, got {}", settings.tolerance_change);
}

}  // namespace

LbfgsResult minimize(std::span<const Parameter> parameters, Evaluate evaluate, const Lbfgs& settings) {
  check(settings);
  if (parameters.empty()) retrograd::detail::fail("minimize: the model has no parameters");
  const NoTape unrecorded;  // f records only on the tape that `evaluate` opens
  Line line(parameters, evaluate, settings.missing);
  Curvature curvature(settings.history);
  Trial here = line.at(0);
  LbfgsResult result{here.loss, 0, line.evaluations, LbfgsStatus::iterations};
  const auto ended = [&](LbfgsStatus status) {
    result.status = status;
    return result;
  };
  if (!std::isfinite(here.loss) || !std::isfinite(sum(here.gradient).item<double>()))
    return ended(LbfgsStatus::not_finite);
  if (largest(here.gradient) <= settings.tolerance_gradient) return ended(LbfgsStatus::gradient);
  while (result.iterations < settings.max_iterations) {
    line.direction = curvature.direction(here.gradient);
    const Trial start{0, here.loss, dot(here.gradient, line.direction), here.gradient};
    if (!(start.slope <= -settings.tolerance_change)) return ended(LbfgsStatus::change);
    const double first = result.iterations == 0 ? std::min(1.0, 1 / sum(abs(here.gradient)).item<double>()) : 1.0;
    bool any_finite = false;
    here = strong_wolfe(start, first, largest(line.direction), settings.tolerance_change, [&](double t) {
      Trial trial = line.at(t);
      any_finite = any_finite || trial.is_finite();
      return trial;
    });
    line.move(here.t);
    ++result.iterations;
    result.loss = here.loss;
    result.evaluations = line.evaluations;
    if (here.t == 0) return ended(any_finite ? LbfgsStatus::line_search : LbfgsStatus::not_finite);
    if (largest(here.gradient) <= settings.tolerance_gradient) return ended(LbfgsStatus::gradient);
    const Tensor s = here.t * line.direction;
    if (largest(s) <= settings.tolerance_change || std::abs(here.loss - start.loss) < settings.tolerance_change)
      return ended(LbfgsStatus::change);
    if (result.evaluations >= settings.max_evaluations) return ended(LbfgsStatus::evaluations);
    curvature.learn(s, here.gradient - start.gradient);
  }
  return result;
}

}  // namespace detail
}  // namespace retrograd::optim
