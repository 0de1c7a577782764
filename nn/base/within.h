// Reports where in a model an error happened. A container calls its layers through `within`, so that an Error names the
// layer that threw it by its dotted name, even with no tape open. Sequential and Mlp do this; a struct of layers can do
// it for its members: within("first", first, x). Costs nothing unless an Error is thrown, and keeps the error's type.
#pragma once
#include "../../core/base/error.h"

namespace retrograd::nn {

/// layer(args…); an Error that it throws is annotated with this part: the name or the index of a field.
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
