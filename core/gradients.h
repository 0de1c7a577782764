// What a sweep returns: one cotangent for each watched tensor, keyed by the caller's tensors, which it keeps alive. A
// plain value: it outlives its tape, and there is nothing to zero between steps. That of a large weight may still be a
// product to be computed, which shows in nothing but time and memory. Knows nothing of how a sweep is made.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "product.h"
#include "tensor.h"

namespace retrograd {

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
  /// True where there is a gradient for x.
  bool contains(const Tensor& x) const;
  /// The entry of x, or null where it was not watched. `hint` is where to look first and is moved on: a walk in the
  /// order of watching then costs one comparison a tensor.
  const Entry* find(const Tensor& x, std::size_t& hint) const;

  /// Entries in the order of watching, to walk by name.
  const Entry* begin() const { return entries_.data(); }
  /// Behind the last entry.
  const Entry* end() const { return entries_.data() + entries_.size(); }
  /// The number of tensors that were watched.
  std::size_t size() const { return entries_.size(); }

  /// Multiplies every gradient by a number.
  Gradients& operator*=(double factor);
  /// Adds the gradients of another sweep over the same tensors (accumulation over micro-batches); TapeError on others.
  /// A sum starts as `Gradients sum;`, which becomes a copy of the first, or takes it over where it is a temporary.
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
  void append(Entry entry) { entries_.push_back(std::move(entry)); }
  /// For the engine: makes room for so many entries.
  void reserve(std::size_t count) { entries_.reserve(count); }

 private:
  std::vector<Entry, detail::PoolAllocator<Entry>> entries_;
};

}  // namespace retrograd
