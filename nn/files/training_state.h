// All that a training run needs to go on as if it had not been interrupted, in one safetensors file: models,
// optimizers, generators and tensors of the program's own, each a part with a name that begins the names of its tensors
// ("model.layers.0.weight"). One list serves saving and loading. Loading is all or nothing: every part is checked
// before any is changed. Knows optimizers only by what they offer.
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

/// What lists its state for a model, as named tensors, and takes it back (throwing an Error where it doesn't fit): an
/// optim::Optimizer.
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
  /// One part; its name is not empty and holds no dot.
  class Part {
   public:
    /// A model's parameters and buffers, written in place when loaded.
    template <HasFields Model>
    requires(!std::is_const_v<Model>) Part(std::string name, Model& model)
        : name_(std::move(name)), list_([&model] { return state(model); }), check_(check_model(list_)) {}
    /// What an optimizer keeps for a model.
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
    /// A tensor; loading makes it another, of whatever shape and dtype the file has.
    Part(std::string name, Tensor& tensor);

   private:
    friend class TrainingState;
    using List = std::function<std::vector<Parameter>()>;
    using Commit = std::function<void()>;
    using Check = std::function<Commit(const std::string& where, std::span<const Parameter> from)>;
    static Check check_model(List list);
    std::string name_;
    List list_;
    Check check_;  // throws where it does not fit, and otherwise returns what loads it
  };

  /// Error where two parts have one name, or a name is empty or holds a dot.
  TrainingState(std::initializer_list<Part> parts);
  /// Writes all parts. FileError where the file cannot be written whole (an old one is then untouched).
  void save(const std::string& file, const Metadata& metadata = {}) const;
  /// Loads all parts, and returns the file's metadata. FileError where the file's parts are not these, or one does not
  /// fit what it is loaded into, and TapeError where an open tape tracks a tensor of a model; all parts are then
  /// unchanged.
  Metadata load(const std::string& file) const;

 private:
  std::vector<Part> parts_;
};

}  // namespace retrograd::nn
