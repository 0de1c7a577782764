// What a sweep returns: one cotangent for each watched tensor, keyed by the caller's tensors, which it keeps alive. A
// plain value: it outlives its tape, and there is nothing to zero between steps. That of a large weight may still be a
// product to be computed, which shows in nothing but time and memory. Does not depend on how a sweep is performed.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../base/function_ref.h"
#include "../compute/product.h"
#include "../tensor/fields.h"
#include "../tensor/tensor.h"

namespace retrograd {

namespace detail {
/// Where in a list of tensors each one stands, made when a second search would be long. Copies begin anew. Const
/// searches may come from several threads at once.
class Positions {
 public:
  using Key = FunctionRef<const Tensor&(std::size_t)>;
  Positions() = default;
  Positions(const Positions&) noexcept {}
  Positions& operator=(const Positions&) noexcept {
    clear();
    return *this;
  }
  ~Positions() { clear(); }
  void clear() noexcept {
    if (Table* table = table_.load(std::memory_order_relaxed)) drop(table);
    table_.store(nullptr, std::memory_order_relaxed);
    searches_.store(0, std::memory_order_relaxed);
  }
  /// Calls found(position) for those whose values begin where those of x do, as long as it returns false; key(i) is the
  /// i-th of `count` tensors.
  void search(std::size_t count, Key key, const Tensor& x, FunctionRef<bool(std::size_t)> found) const;

 private:
  struct Table;
  static void drop(Table* table) noexcept;
  const Table* table(std::size_t count, Key key) const;
  mutable std::atomic<Table*> table_{nullptr};
  mutable std::atomic<int> searches_{0};
};
}  // namespace detail

/// The derivatives of one loss with respect to every tensor that was watched.
class Gradients {
 public:
  /// A watched tensor and its gradient.
  struct Entry {
    Tensor key;                                  ///< the tensor that was watched
    Tensor computed;                             ///< empty where the loss does not depend on the key, or it is deferred
    const std::string* label;                    ///< interned dotted name, or null
    std::shared_ptr<detail::Deferred> deferred;  ///< a gradient that nobody has asked for yet, or null

    /// True where the loss depends on the key.
    bool has_value() const { return deferred || computed.defined(); }
    /// The gradient, empty where there is none. That of a large weight is computed when it is first asked for.
    const Tensor& value() const { return deferred ? deferred->value() : computed; }
    /// The dotted name under which the tensor was watched, or "".
    const std::string& name() const;
  };

  /// The gradient of a watched tensor, of its shape and dtype. TapeError where x was not watched or the loss does not
  /// depend on it; the error names it.
  const Tensor& operator[](const Tensor& x) const;
  /// The same, with zeros where the loss does not depend on x. TapeError where x was not watched.
  Tensor get_or_zeros(const Tensor& x) const;
  /// The gradients in the form of the model: a copy of it in which each parameter is that parameter's gradient, zeros
  /// where the loss does not depend on it (`auto g = gradients.as(model); g.layers[0].weight`); buffers are the model's
  /// own. TapeError where a parameter was not watched.
  template <HasFields Model>
  Model as(const Model& model) const {
    return detail::rebound(model, detail::Fields::parameters,
                           [this](const Tensor& x) { return x.defined() ? get_or_zeros(x) : Tensor(); });
  }
  /// True where there is a gradient for x.
  bool contains(const Tensor& x) const;
  /// The entry of x, or null where it was not watched. `hint` is where to look first and is moved on: a walk in the
  /// order of watching then costs one comparison a tensor.
  const Entry* find(const Tensor& x, std::size_t& hint) const;
  /// The same, or else the one entry whose key is an alias of x or that x is an alias of: the same values, lying
  /// alike.
  const Entry* find_alias(const Tensor& x, std::size_t& hint) const;

  /// Entries in the order of watching, to walk by name.
  const Entry* begin() const { return entries_.data(); }
  /// Behind the last entry.
  const Entry* end() const { return entries_.data() + entries_.size(); }
  /// The number of tensors that were watched.
  std::size_t size() const { return entries_.size(); }

  /// Multiplies every gradient by a number.
  Gradients& operator*=(double factor);
  /// Adds the gradients of another sweep over the same tensors or aliases of them (accumulation over micro-batches, and
  /// over threads that each watch an alias of the model); TapeError on others. A sum starts as `Gradients sum;`, which
  /// becomes a copy of the first, or takes it over where it is a temporary.
  Gradients& operator+=(const Gradients& other);
  /// The same of gradients that nobody uses afterwards.
  Gradients& operator+=(Gradients&& other);
  /// The Euclidean norm over all gradients together.
  double norm() const;
  /// Scales all gradients together by max_norm/(norm + 1e-6) where that is below 1 (PyTorch's clip_grad_norm_), and
  /// returns the norm before. Error where max_norm is not positive, or the norm is NaN or infinite: it names the first
  /// gradient whose own norm is, where there is one, and nothing has been scaled then.
  double clip_norm(double max_norm);
  /// Makes every element at least −limit and at most limit; NaN stays NaN. Error where the limit is not positive.
  void clip_value(double limit);

  /// For the engine: adds an entry behind the others.
  void append(Entry entry) {
    positions_.clear();
    entries_.push_back(std::move(entry));
  }
  /// For the engine: makes room for so many entries.
  void reserve(std::size_t count) { entries_.reserve(count); }

 private:
  template <class Fresh, class InPlace>
  void change(Fresh fresh, InPlace in_place);
  std::vector<Entry, detail::PoolAllocator<Entry>> entries_;
  detail::Positions positions_;
};

}  // namespace retrograd
