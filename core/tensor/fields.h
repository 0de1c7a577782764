// Walks over the tensors of a struct. A layer lists its members in one line,
//   static void fields(auto& self, auto&& visit) { visit("weight", self.weight); visit("bias", self.bias); }
// and everything that concerns all of them (watching, counting, cloning, saving, optimizing) is a walk over them with
// dotted names ("layers.0.weight"), through vectors, arrays, tuples and optionals. Needs no base class and no
// registration.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "../base/function_ref.h"
#include "tensor.h"

namespace retrograd {

/// A tensor that belongs to a model but is not a parameter (a running mean): saved, loaded and cloned, but neither
/// watched nor counted nor optimized. Copies of the model share its storage, including those that transforms such as
/// grad pass to their function, so what a layer writes to it persists.
struct Buffer {
  /// The values; to change them, write to this tensor in place.
  Tensor tensor;
};

namespace detail {

/// A dotted name as a linked list of parts on the stack of the walk; only `str` and the first `intern` of a name
/// allocate.
class Path {
 public:
  Path() = default;
  Path(const Path& parent, std::string_view part) : parent_(&parent), part_(part) {}
  Path(const Path& parent, std::size_t index) : parent_(&parent), index_(index), is_index_(true) {}
  std::string str() const;
  /// The interned copy of this name, which lives as long as the process.
  const std::string& intern() const;
  bool equals(std::string_view name) const;
  /// The same name, marked as a buffer's.
  Path of_buffer() const {
    Path path = *this;
    path.is_buffer_ = true;
    return path;
  }
  /// True if the tensor of this name is not a parameter.
  bool is_buffer() const { return is_buffer_; }

 private:
  bool is_root() const { return parent_ == nullptr; }
  std::uint64_t hash() const;
  const Path* parent_ = nullptr;
  std::string_view part_;
  std::size_t index_ = 0;
  bool is_index_ = false, is_buffer_ = false;
};

using VisitField = FunctionRef<void(const Path&, Tensor&)>;

struct AnyVisitor {
  template <class Key, class Member>
  void operator()(const Key&, Member&) const {}
};
template <class T>
concept ListsFields = requires(T& self, AnyVisitor visit) {
  std::remove_const_t<T>::fields(self, visit);
};
template <class T>
concept EachField = requires(T& self, const Path& path, VisitField visit) {
  self.each_field(path, visit);
};
template <class T>
concept Iterable = requires(T& self) {
  self.begin();
  self.end();
};
template <class T>
concept TupleLike = requires {
  std::tuple_size<T>::value;
};
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool always_false = false;

/// Visits every tensor of the object with its dotted name, which also tells whether it is a buffer's. Types without
/// tensors (a number, a function) have no fields.
template <class T>
void walk_fields(T& object, const Path& path, VisitField visit) {
  static_assert(!std::is_const_v<T>, "walk a mutable object; the public functions cast for the const ones");
  if constexpr (std::is_same_v<T, Tensor>) {
    visit(path, object);
  } else if constexpr (std::is_same_v<T, Buffer>) {
    visit(path.of_buffer(), object.tensor);
  } else if constexpr (ListsFields<T>) {
    T::fields(object, [&](const auto& key, auto& member) {
      if constexpr (std::is_convertible_v<decltype(key), std::string_view>)
        walk_fields(member, Path(path, std::string_view(key)), visit);
      else
        walk_fields(member, Path(path, static_cast<std::size_t>(key)), visit);
    });
  } else if constexpr (EachField<T>) {
    object.each_field(path, visit);
  } else if constexpr (is_optional<T>) {
    if (object) walk_fields(*object, path, visit);
  } else if constexpr (Iterable<T>) {
    std::size_t index = 0;
    for (auto& member : object) walk_fields(member, Path(path, index++), visit);
  } else if constexpr (TupleLike<T>) {
    std::apply(
        [&](auto&... members) {
          std::size_t index = 0;
          (walk_fields(members, Path(path, index++), visit), ...);
        },
        object);
  } else {
    static_assert(always_false<T>, "this type has no static fields(self, visit), and is no tensor, container or tuple");
  }
}

/// Visits every tensor except buffers.
template <class T>
void walk_parameters(T& object, const Path& path, VisitField visit) {
  walk_fields(object, path, [&](const Path& at, Tensor& tensor) {
    if (!at.is_buffer()) visit(at, tensor);
  });
}

}  // namespace detail

/// A struct with fields, or a container or tuple of such structs: anything whose tensors can be walked.
template <class T>
concept HasFields = !std::is_same_v<std::remove_cvref_t<T>, Tensor> &&
                    (detail::ListsFields<std::remove_cvref_t<T>> || detail::EachField<std::remove_cvref_t<T>> ||
                     detail::Iterable<std::remove_cvref_t<T>> || detail::TupleLike<std::remove_cvref_t<T>> ||
                     detail::is_optional<std::remove_cvref_t<T>>);

/// A parameter or buffer and its dotted name.
struct Parameter {
  std::string name;  ///< dotted: "layers.0.weight"
  Tensor tensor;     ///< a handle to the model's own values
};

namespace detail {
/// Which tensors of a model to visit.
enum class Fields { parameters, all };

/// The tensors of a model in the order of its fields; a tensor that occurs twice is listed once, and empty handles are
/// skipped.
template <class Model>
std::vector<Parameter> list_fields(const Model& model, Fields which) {
  std::vector<Parameter> list;
  std::unordered_set<const Body*> seen;
  walk_fields(const_cast<Model&>(model), Path(), [&](const Path& path, Tensor& tensor) {
    if (path.is_buffer() && which == Fields::parameters) return;
    if (tensor.defined() && seen.insert(tensor.body_or_null()).second) list.push_back({path.str(), tensor});
  });
  return list;
}
}  // namespace detail

/// All parameters of a model in the order of its fields; a shared tensor is listed once, under its first name.
template <HasFields Model>
std::vector<Parameter> parameters(const Model& model) {
  return detail::list_fields(model, detail::Fields::parameters);
}

/// All parameters and buffers of a model, likewise: the contents of a saved model.
template <HasFields Model>
std::vector<Parameter> state(const Model& model) {
  return detail::list_fields(model, detail::Fields::all);
}

/// The number of scalars in all parameters of a model.
template <HasFields Model>
std::int64_t count(const Model& model) {
  std::int64_t total = 0;
  for (const Parameter& parameter : parameters(model)) total += parameter.tensor.size();
  return total;
}

namespace detail {
/// A copy of the model in which `replace` replaces the selected tensors; tensors shared in the model stay shared.
template <class Model>
Model rebound(const Model& model, Fields which, FunctionRef<Tensor(const Tensor&)> replace) {
  Model copy = model;
  std::unordered_map<const Body*, Tensor> done;  // the keys stay valid: `model` keeps their bodies alive
  walk_fields(copy, Path(), [&](const Path& path, Tensor& tensor) {
    if (path.is_buffer() && which == Fields::parameters) return;
    const auto [at, is_new] = done.try_emplace(tensor.body_or_null());
    if (is_new) at->second = replace(tensor);
    tensor = at->second;
  });
  return copy;
}
}  // namespace detail

/// A deep copy: the same values in its own storage (plain copying copies handles, which share storage).
template <HasFields Model>
Model clone(const Model& model) {
  return detail::rebound(model, detail::Fields::all, &detail::copy_values);
}

namespace detail {
/// A tensor of a model, its dotted name, and whether it is a buffer.
struct Field {
  Tensor tensor;
  const std::string* name;  // interned
  bool is_buffer;
};
using FieldList = std::vector<Field, PoolAllocator<Field>>;

template <class Model>
FieldList all_fields(const Model& model) {
  FieldList list;
  walk_fields(const_cast<Model&>(model), Path(), [&](const Path& path, Tensor& tensor) {
    list.push_back({tensor, &path.intern(), path.is_buffer()});
  });
  return list;
}

/// A tensor of one model to write to, and the contiguous one of another to read from.
struct FieldPair {
  Tensor into, from;
  bool is_buffer;
};
using FieldPairs = std::vector<FieldPair, PoolAllocator<FieldPair>>;
/// The tensors of both, paired; those empty in both are skipped, and a tensor that occurs twice in `into` is listed
/// once. Error, ShapeError or DtypeError naming `op` and the tensor if the models differ in names, shapes or dtypes;
/// TapeError if an open tape tracks a tensor of `into`.
FieldPairs paired_fields(const char* op, const FieldList& into, const FieldList& from);
/// Copies the values between contiguous tensors of the same shape and dtype.
void copy_contiguous(const Tensor& into, const Tensor& from);
}  // namespace detail

/// Copies the values of all parameters and buffers of `from` to `into`, a model with the same fields: for target
/// networks in reinforcement learning, or to keep the best weights so far (PyTorch's
/// into.load_state_dict(from.state_dict())). Error, ShapeError or DtypeError if names, shapes or dtypes differ,
/// TapeError if an open tape tracks a tensor of `into`; then nothing has been written.
template <HasFields Into, HasFields From>
void copy_into(Into& into, const From& from) {
  static_assert(!std::is_const_v<Into>, "copy_into writes the tensors of its first model, which must not be const");
  for (const detail::FieldPair& pair :
       detail::paired_fields("copy_into", detail::all_fields(into), detail::all_fields(from)))
    detail::copy_contiguous(pair.into, pair.from);
}

}  // namespace retrograd
