// The layer table: for each layer a maker, sample inputs, the names and shapes of its state, and calls that must be
// refused with a given message. The checks in layer_table_test.cpp run over every row. The rows of a family are in a
// file of table/, listed in layer_table.cpp.
#pragma once
#include <retrograd/retrograd.h>

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace retrograd::tests {

using Tensors = std::vector<Tensor>;

/// A layer of any type and how to call it: its fields are those of the layer, under the layer's own names. Copies share
/// tensors, as the layer's copies do.
class AnyLayer {
 public:
  /// Called with one tensor.
  template <class Layer>
  AnyLayer(Layer layer) : AnyLayer(std::move(layer), [](const Layer& self, const Tensors& x) { return self(x[0]); }) {}
  /// Called as call(layer, inputs): for layers that take or return several tensors, or need a Training scope.
  template <class Layer, class Call>
  AnyLayer(Layer layer, Call call)
      : held_(std::make_unique<Holds<Layer, Call>>(Holds<Layer, Call>(std::move(layer), std::move(call)))) {}
  AnyLayer(const AnyLayer& other) : held_(other.held_->copy()) {}
  AnyLayer(AnyLayer&&) noexcept = default;
  AnyLayer& operator=(AnyLayer other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }
  ~AnyLayer() = default;

  Tensor operator()(const Tensors& x) const { return held_->call(x); }
  void each_field(const detail::Path& path, detail::VisitField visit) { held_->walk(path, visit); }

 private:
  struct Any {
    virtual ~Any() = default;
    virtual Tensor call(const Tensors& x) const = 0;
    virtual std::unique_ptr<Any> copy() const = 0;
    virtual void walk(const detail::Path& path, detail::VisitField visit) = 0;
  };
  template <class Layer, class Call>
  struct Holds final : Any {
    Holds(Layer held, Call how) : layer(std::move(held)), called(std::move(how)) {}
    Tensor call(const Tensors& x) const override { return called(layer, x); }
    std::unique_ptr<Any> copy() const override { return std::make_unique<Holds>(*this); }
    void walk(const detail::Path& path, detail::VisitField visit) override {
      if constexpr (HasFields<Layer>) detail::walk_fields(layer, path, visit);
    }
    Layer layer;
    Call called;
  };
  std::unique_ptr<Any> held_;
};

/// A parameter or a buffer, with its name and shape in PyTorch's state_dict.
struct StateEntry {
  std::string name;
  Shape shape;
};

struct LayerSample {
  std::vector<Shape> inputs;  ///< drawn from the standard normal distribution, in the layer's dtype
  Shape output;
  std::function<Tensors(Rng&, Dtype)> draw = {};  ///< makes the inputs if they are not random: indices, a mask
};

struct LayerRefusal {
  std::function<void()> call;
  std::string message;  ///< the complete message
};

struct LayerRow {
  std::string name;  ///< the layer's name, with any special configuration in parentheses: "Conv2d(stride 2)"
  std::function<AnyLayer(Rng&, Dtype)> make;
  std::vector<LayerSample> samples;
  std::vector<StateEntry> state;
  std::int64_t count;   ///< the number of parameters, computed from the layer's sizes
  std::string summary;  ///< the last line of nn::summary, in float32
  std::vector<LayerRefusal> refusals = {};
  int order = 2;         ///< the highest derivative checked; 0 where differences do not approximate the derivative
  double single = 1e-6;  ///< relative L2 distance of float32 outputs from float64 ones; explain larger values
  double single_slope = 1e-5;  ///< the same for first derivatives
};

const std::vector<LayerRow>& layer_table();

}  // namespace retrograd::tests
