// Everything needed to resume a training run exactly, in one safetensors file: models, optimizers, generators and
// tensors of the program. Each is a part, and the part's name prefixes the names of its tensors
// ("model.layers.0.weight"). The same list serves saving and loading. Loading is all or nothing: every part is checked
// before any is changed. Does not depend on optim: anything with state and load_state will do.
#pragma once
#include <concepts>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/base/random.h"
#include "state_file.h"

namespace retrograd::nn {

/// Anything that lists its state for a model as named tensors and restores it (throwing an Error if it does not fit),
/// such as an optim::Optimizer.
template <class T, class Model>
concept KeepsState = std::copyable<T> && requires(T& one, const Model& model, std::span<const Parameter> from) {
  { std::as_const(one).state(model) } -> std::same_as<std::vector<Parameter>>;
  one.load_state(model, from);
};

/// The parts of a run, which must outlive it:
///   nn::TrainingState run{{"model", model}, {"optimizer", adam, model}, {"rng", rng}, {"epoch", epoch}};
///   run.save("run.safetensors");
class TrainingState {
 public:
  /// One part; its name must not be empty or contain a dot.
  class Part {
   public:
    /// A model's parameters and buffers, written in place when loaded.
    template <HasFields Model>
    requires(!std::is_const_v<Model>) Part(std::string name, Model& model)
        : name_(std::move(name)), list_([&model] { return state(model); }), check_(check_model(list_)) {}
    /// The state that an optimizer keeps for a model.
    template <class Optimizer, HasFields Model>
    requires KeepsState<Optimizer, Model> Part(std::string name, Optimizer& optimizer, Model& model)
        : name_(std::move(name)),
          list_([&optimizer, &model] { return std::as_const(optimizer).state(model); }),
          check_([&optimizer, &model](const std::string&, std::span<const Parameter> from) -> Commit {
            Optimizer loaded = optimizer;
            loaded.load_state(model, from);
            return [&optimizer, loaded = std::move(loaded)]() mutable { optimizer = std::move(loaded); };
          }) {}
    /// The state of a generator.
    Part(std::string name, Rng& rng);
    /// A tensor; loading rebinds it to the file's tensor, of any shape and dtype.
    Part(std::string name, Tensor& tensor);

   private:
    friend class TrainingState;
    using List = std::function<std::vector<Parameter>()>;
    using Commit = std::function<void()>;
    using Check = std::function<Commit(const std::string& where, std::span<const Parameter> from)>;
    static Check check_model(List list);
    std::string name_;
    List list_;
    Check check_;  // throws if the state does not fit, and otherwise returns the function that loads it
  };

  /// Error where two parts have the same name, or a name is empty or contains a dot.
  TrainingState(std::initializer_list<Part> parts);
  /// Writes all parts. FileError where the file cannot be written completely (an existing file is then unchanged).
  void save(const std::string& file, const Metadata& metadata = {}) const;
  /// Loads all parts, and returns the file's metadata. FileError where the file's parts are not these, or one does not
  /// fit its target; TapeError where an open tape tracks a tensor of a model. All parts are then unchanged.
  Metadata load(const std::string& file) const;

 private:
  std::vector<Part> parts_;
};

}  // namespace retrograd::nn
