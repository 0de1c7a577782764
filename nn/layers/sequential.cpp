#include "sequential.h"

#include "../../core/tape/linear.h"
#include "../base/within.h"

namespace retrograd::nn {

Sequential::Sequential(const Sequential& other) {
  reserve(other.size());
  for (const auto& layer : other.layers_) layers_.push_back(layer->copy());
}
Sequential::Sequential(Sequential&&) noexcept = default;
Sequential& Sequential::operator=(Sequential other) noexcept {
  layers_ = std::move(other.layers_);
  return *this;
}
Sequential::~Sequential() = default;

std::size_t Sequential::size() const { return layers_.size(); }
const std::type_info& Sequential::type(std::size_t i) const { return i < size() ? layers_[i]->type() : typeid(void); }
const void* Sequential::address(std::size_t i) const { return layers_[i]->address(); }

Tensor Sequential::apply(const Tensor& x, std::size_t begin, std::size_t end) const {
  if (begin >= end) return retrograd::detail::copied(x);
  Tensor y = x;
  for (std::size_t i = begin; i < end; ++i) y = within(i, *layers_[i], y);
  return y;
}

Sequential Sequential::part(std::size_t begin, std::size_t end) const {
  Sequential some;
  for (std::size_t i = begin; i < end; ++i) some.layers_.push_back(layers_[i]->copy());
  return some;
}

void Sequential::each_field(const detail::Path& path, detail::VisitField visit) {
  for (std::size_t i = 0; i < layers_.size(); ++i) layers_[i]->walk(detail::Path(path, i), visit);
}

void Sequential::reserve(std::size_t count) { layers_.reserve(count); }
void Sequential::add(std::unique_ptr<Any> layer) { layers_.push_back(std::move(layer)); }

}  // namespace retrograd::nn
