// The result of a sweep: one cotangent for each watched tensor, keyed by the caller's tensors, which it keeps alive. A
// plain value: it outlives its tape, and there is nothing to zero between steps. The gradient of a large weight may be
// a deferred product, which affects only time and memory. Does not depend on how a sweep is performed.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../base/function_ref.h"
#include "../compute/deferred.h"
#include "../tensor/fields.h"
#include "../tensor/tensor.h"

namespace retrograd {

namespace detail {
/// An index of a list of tensors, built when a second search would be long. Copies start without one. Const searches
/// may run on several threads at once.
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
  /// Calls found(position) for the tensors that may have the same first element as x, until it returns true; key(i) is
  /// the i-th of `count` tensors.
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
    Tensor computed;                             ///< empty if the loss does not depend on the key, or if deferred
    const std::string* label;                    ///< interned dotted name, or null
    std::shared_ptr<detail::Deferred> deferred;  ///< a gradient that has not been requested yet, or null

    /// True if the loss depends on the key.
    bool has_value() const { return deferred || computed.defined(); }
    /// The gradient, or an empty handle if there is none. That of a large weight is computed on the first request.
    const Tensor& value() const { return deferred ? deferred->value() : computed; }
    /// The dotted name under which the tensor was watched, or "".
    const std::string& name() const;
  };

  /// The gradient of a watched tensor, with its shape and dtype. TapeError naming x if it was not watched or the loss
  /// does not depend on it.
  const Tensor& operator[](const Tensor& x) const;
  /// The same, but zeros if the loss does not depend on x. TapeError if x was not watched.
  Tensor get_or_zeros(const Tensor& x) const;
  /// The gradients in the form of the model: a copy of it in which each parameter is replaced by its gradient, or by
  /// zeros if the loss does not depend on it (`auto g = gradients.as(model); g.layers[0].weight`); buffers are shared
  /// with the model. TapeError if a parameter was not watched.
  template <HasFields Model>
  Model as(const Model& model) const {
    return detail::rebound(model, detail::Fields::parameters,
                           [this](const Tensor& x) { return x.defined() ? get_or_zeros(x) : Tensor(); });
  }
  /// True if there is a gradient for x.
  bool contains(const Tensor& x) const;
  /// The entry of x, or null if x was not watched. The search starts at `hint`, which is advanced: a walk in the order
  /// of watching then costs one comparison per tensor.
  const Entry* find(const Tensor& x, std::size_t& hint) const;
  /// The same, or else the only entry whose key is an alias of x or of which x is an alias: the same values with the
  /// same layout.
  const Entry* find_alias(const Tensor& x, std::size_t& hint) const;

  /// The entries in the order of watching.
  const Entry* begin() const { return entries_.data(); }
  /// The end of the entries.
  const Entry* end() const { return entries_.data() + entries_.size(); }
  /// The number of tensors that were watched.
  std::size_t size() const { return entries_.size(); }

  /// Multiplies every gradient by a number.
  Gradients& operator*=(double factor);
  /// Adds the gradients of another sweep over the same tensors or aliases of them (accumulation over micro-batches, or
  /// over threads that each watch an alias of the model); TapeError for any others. A sum starts as `Gradients sum;`,
  /// which becomes a copy of the first gradients, or takes them over if they are a temporary.
  Gradients& operator+=(const Gradients& other);
  /// The same for a temporary.
  Gradients& operator+=(Gradients&& other);
  /// The joint Euclidean norm of all gradients.
  double norm() const;
  /// Scales all gradients by max_norm/(norm + 1e-6) if that is below 1 (PyTorch's clip_grad_norm_), and returns the
  /// norm before scaling. Error if max_norm is not positive, or if the norm is NaN or infinite: it names the first
  /// gradient whose own norm is, if any, and nothing has been scaled.
  double clip_norm(double max_norm);
  /// Clamps every element to [−limit, limit]; NaN stays NaN. Error if the limit is not positive.
  void clip_value(double limit);

  /// Internal: appends an entry.
  void append(Entry entry) {
    positions_.clear();
    entries_.push_back(std::move(entry));
  }
  /// Internal: reserves memory for `count` entries.
  void reserve(std::size_t count) { entries_.reserve(count); }

 private:
  template <class Fresh, class InPlace>
  void change(Fresh fresh, InPlace in_place);
  std::vector<Entry, detail::PoolAllocator<Entry>> entries_;
  detail::Positions positions_;
};

}  // namespace retrograd
