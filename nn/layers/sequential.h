// Layers one after another, of any types: each is copied into the sequence. A layer is whatever is callable as
// Tensor(const Tensor&): a struct with fields, or a plain function such as rg::relu, which has none. An Error that a
// layer throws says which one, by its dotted name.
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

/// What can stand in a Sequential: copyable, and callable as Tensor(const Tensor&).
template <class T>
concept Layer = std::is_invocable_r_v<Tensor, const T&, const Tensor&> && std::copy_constructible<T>;

/// Layers of any types, each applied to what the one before it returned.
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
  /// Copies of the layers, whose parameters are the same tensors.
  Sequential(const Sequential& other);
  /// Takes over the layers.
  Sequential(Sequential&&) noexcept;
  /// Takes over the layers of a copy.
  Sequential& operator=(Sequential other) noexcept;
  ~Sequential();

  /// Each layer applied to what the one before it returned.
  Tensor operator()(const Tensor& x) const { return apply(x, 0, size()); }
  /// The number of layers.
  std::size_t size() const;
  /// The type of layer i, which get_if takes; that of void where there is none.
  const std::type_info& type(std::size_t i) const;
  /// Layer i where there is one and it is a T, else null: get_if<Linear>(0). A plain function such as rg::relu is a
  /// Tensor (*)(const Tensor&).
  template <class T>
  const T* get_if(std::size_t i) const {
    return type(i) == typeid(T) ? static_cast<const T*>(address(i)) : nullptr;
  }
  /// Only the layers from `begin` up to, without, `end`.
  Tensor apply(const Tensor& x, std::size_t begin, std::size_t end) const;
  /// A sequence of these layers; its parameters are the same tensors.
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
