// A sequence of layers of any types, each copied into it. A layer is anything callable as Tensor(const Tensor&): a
// struct with fields, or a plain function such as rg::relu, which has none. An Error that a layer throws names the
// layer by its dotted name.
#pragma once
#include <concepts>
#include <memory>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "../../core/tensor/fields.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// A type that a Sequential can hold: copyable, and callable as Tensor(const Tensor&).
template <class T>
concept Layer = std::is_invocable_r_v<Tensor, const T&, const Tensor&> && std::copy_constructible<T>;

/// Layers of any types, each applied to the result of the previous one.
class Sequential {
 public:
  /// Braces fix the order in which layers that draw from an Rng are made:
  /// Sequential{Linear{2, 16, rng}, rg::relu, Linear{16, 1, rng}}.
  template <class... Layers>
  requires(!(sizeof...(Layers) == 1 && (std::same_as<std::decay_t<Layers>, Sequential> && ...)) &&
           (Layer<std::decay_t<Layers>> && ...)) explicit Sequential(Layers&&... layers) {
    reserve(sizeof...(Layers));
    (add(std::make_unique<Holds<std::decay_t<Layers>>>(std::forward<Layers>(layers))), ...);
  }
  /// Copies the layers; the parameters are the same tensors.
  Sequential(const Sequential& other);
  /// Moves the layers.
  Sequential(Sequential&&) noexcept;
  /// Replaces the layers.
  Sequential& operator=(Sequential other) noexcept;
  ~Sequential();

  /// Applies the layers in order.
  Tensor operator()(const Tensor& x) const { return apply(x, 0, size()); }
  /// The number of layers.
  std::size_t size() const;
  /// The type of layer i, for get_if; typeid(void) where there is no such layer.
  const std::type_info& type(std::size_t i) const;
  /// Layer i if it exists and is a T, else null: get_if<Linear>(0). A plain function such as rg::relu has the type
  /// Tensor (*)(const Tensor&).
  template <class T>
  const T* get_if(std::size_t i) const {
    return type(i) == typeid(T) ? static_cast<const T*>(address(i)) : nullptr;
  }
  /// Applies only the layers [begin, end).
  Tensor apply(const Tensor& x, std::size_t begin, std::size_t end) const;
  /// A sequence of the layers [begin, end); its parameters are the same tensors.
  Sequential part(std::size_t begin, std::size_t end) const;

  /// Visits the layers' tensors as "0.weight", "0.bias", …
  void each_field(const detail::Path& path, detail::VisitField visit);

 private:
  struct Any {
    virtual ~Any() = default;
    virtual Tensor operator()(const Tensor& x) const = 0;
    virtual std::unique_ptr<Any> copy() const = 0;
    virtual void walk(const detail::Path& path, detail::VisitField visit) = 0;
    virtual const std::type_info& type() const = 0;
    virtual const void* address() const = 0;
  };
  template <class T>
  struct Holds final : Any {
    explicit Holds(T held) : layer(std::move(held)) {}
    Tensor operator()(const Tensor& x) const override { return layer(x); }
    std::unique_ptr<Any> copy() const override { return std::make_unique<Holds>(layer); }
    void walk(const detail::Path& path, detail::VisitField visit) override {
      if constexpr (HasFields<T>) detail::walk_fields(layer, path, visit);
    }
    const std::type_info& type() const override { return typeid(T); }
    const void* address() const override { return &layer; }
    T layer;
  };
  void reserve(std::size_t count);
  void add(std::unique_ptr<Any> layer);
  const void* address(std::size_t i) const;
  std::vector<std::unique_ptr<Any>> layers_;
};

}  // namespace retrograd::nn
