// Where in a model an error happened. A container calls its layers through `within`, so that an Error says which one
// threw it, by its dotted name and with no tape open. Sequential and Mlp do it for theirs; a struct of layers does it
// for its members: within("first", first, x). Costs nothing where nothing is thrown, and changes no error's type.
#pragma once
#include "../../core/base/error.h"

namespace retrograd::nn {

/// layer(args…); an Error that it throws is told that it happened in this part: the name or the index of a field.
template <class Part, class Layer, class... Args>
auto within(const Part& part, const Layer& layer, const Args&... args) {
  try {
    return layer(args...);
  } catch (Error& error) {
    error.add_part(fmt::format("{}", part));
    throw;
  }
}

}  // namespace retrograd::nn
