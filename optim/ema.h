// The exponential moving average of a model's weights: a model that can be evaluated and saved like any other. Does not
// depend on optimizers.
#pragma once
#include <cstdint>
#include <span>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#include "../core/tensor/fields.h"

namespace retrograd::optim {

namespace detail {

/// The tensors of an averaged model in the order of its fields, and the other tensors of the next update.
class Average {
 public:
  /// Called for each field of the averaged model, once.
  void add(const Tensor& tensor, bool is_buffer);
  /// Starts a walk over the model to be averaged, at each update; `compare` throws where it differs.
  void begin() { others_.clear(); }
  void compare(const retrograd::detail::Path& path, const Tensor& tensor);
  /// After the walk: average ← keep·average + (1 − keep)·other; buffers are copied.
  void mix(double keep);

 private:
  struct Own {
    Tensor tensor;
    bool is_buffer, is_repeated;
  };
  std::vector<Own> own_;
  std::unordered_set<const retrograd::detail::Body*> seen_;
  std::vector<Tensor> others_;
};

/// soft_update for lists of fields.
void mix_into(const retrograd::detail::FieldList& target, const retrograd::detail::FieldList& from, double tau);
/// Error unless the decay is from 0 to below 1.
void check_decay(double decay);
/// The weight of the average in the t-th update.
double kept_part(double decay, bool corrected, std::int64_t t);
/// Lists "updates" and the averages.
std::vector<Parameter> list_average(std::span<const Parameter> averages, std::int64_t updates);
/// Copies the listed tensors into the averages and returns the number of updates. Error where the list does not match.
std::int64_t load_average(std::span<const Parameter> averages, std::span<const Parameter> from);

}  // namespace detail

/// target ← (1 − tau)·target + tau·from for the parameters; buffers are copied. With it a target network follows
/// another model with the same fields. Error unless tau is from 0 to 1, and as for copy_into where the models differ.
template <HasFields Target, HasFields From>
void soft_update(Target& target, const From& from, double tau) {
  static_assert(!std::is_const_v<Target>, "soft_update writes the tensors of its first model, which must not be const");
  detail::mix_into(retrograd::detail::all_fields(target), retrograd::detail::all_fields(from), tau);
}

/// The average of a model's parameters over training: average ← decay·average + (1 − decay)·parameter at each update;
/// buffers are copied. Call update(model) after each step of the optimizer, and model() for the averaged model:
///   optim::Ema ema{model, 0.999};  …  ema.update(model);  …  nn::accuracy(ema.model()(x), t);
template <HasFields Model>
class Ema {
 public:
  /// Starts from a copy of the model. With `corrected`, the first update replaces that copy and the average is the mean
  /// of the updates alone, with weights (1 − decay)·decayᵏ divided by their sum, as in Adam. Error unless the decay is
  /// in [0, 1).
  Ema(const Model& model, double decay, bool corrected = false)
      : decay_(decay), corrected_(corrected), average_(clone(model)) {
    detail::check_decay(decay);
    index();
  }
  /// The copy is averaged independently.
  Ema(const Ema& other)
      : decay_(other.decay_), corrected_(other.corrected_), updates_(other.updates_), average_(clone(other.average_)) {
    index();
  }
  Ema(Ema&&) noexcept = default;             ///< moves the average
  Ema& operator=(Ema&&) noexcept = default;  ///< moves the average
  /// Copies.
  Ema& operator=(const Ema& other) { return *this = Ema(other); }
  ~Ema() = default;

  /// Mixes the model's parameters into the average and copies its buffers. ShapeError, before anything is written,
  /// where the model differs from that of the constructor.
  void update(const Model& model) {
    tensors_.begin();
    retrograd::detail::walk_fields(
        const_cast<Model&>(model), retrograd::detail::Path(),
        [&](const retrograd::detail::Path& path, Tensor& tensor) { tensors_.compare(path, tensor); });
    tensors_.mix(detail::kept_part(decay_, corrected_, updates_ + 1));
    ++updates_;
  }
  /// The averaged model, which later updates change in place (clone it to keep the current values).
  const Model& model() const { return average_; }
  /// The number of updates.
  std::int64_t updates() const { return updates_; }

  /// The state needed to continue averaging: "updates" (int64), and the averages, named after the model's parameters
  /// and buffers, such as "average.layers.0.weight". Handles, not copies.
  std::vector<Parameter> state(const Model&) const {
    return detail::list_average(retrograd::state(average_), updates_);
  }
  /// Restores a state by copying. Error, ShapeError or DtypeError where names, shapes or dtypes differ; nothing has
  /// changed then.
  void load_state(const Model&, std::span<const Parameter> from) {
    Ema loaded = *this;
    loaded.updates_ = detail::load_average(retrograd::state(loaded.average_), from);
    *this = std::move(loaded);
  }

 private:
  void index() {
    retrograd::detail::walk_fields(
        average_, retrograd::detail::Path(),
        [&](const retrograd::detail::Path& path, Tensor& tensor) { tensors_.add(tensor, path.is_buffer()); });
  }
  double decay_;
  bool corrected_;
  std::int64_t updates_ = 0;
  Model average_;
  detail::Average tensors_;
};

}  // namespace retrograd::optim
