// The exceptions Retrograd throws. A caller's mistake is an Error (a std::invalid_argument): the op first, then the
// fact, then the values, as in "matmul: inner dimensions differ: (2, 3) x (4, 5)". A bad or missing file is a
// FileError: what, where, expected, found. Asserts are for internal mistakes and never reach a user. Does not depend on
// layers, except that an error can be given the name of the layer that threw it. Destructors are defined in the .cpp,
// so that vtables are not emitted in every file that throws.
#pragma once
#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace retrograd {

/// A caller's mistake: what was called, what is wrong, and the values.
struct Error : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
  ~Error() override;
  /// Prepends the name of a part of a model. A container that catches the error adds its part and rethrows, innermost
  /// first: what an Mlp's second layer throws begins with `layer "layers.1": `.
  void add_part(std::string_view part);
  /// The message, preceded by the dotted name of the layer if there is one.
  const char* what() const noexcept override;

 private:
  std::string where_, located_;
};
/// Shapes, axes or ranges that do not match.
struct ShapeError : Error {
  using Error::Error;
  ~ShapeError() override;
};
/// Dtypes that differ, or that the op does not support.
struct DtypeError : Error {
  using Error::Error;
  ~DtypeError() override;
};
/// A matrix that cannot be factored or solved: singular, or not positive definite.
struct LinalgError : Error {
  using Error::Error;
  ~LinalgError() override;
};
/// A violation of a tape's rules: consumed twice, asked for the gradient of an unwatched tensor, a tracked tensor
/// written.
struct TapeError : Error {
  using Error::Error;
  ~TapeError() override;
};
/// A file that is missing, damaged or not of the expected format.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
  ~FileError() override;
};

namespace detail {
template <class E>
[[noreturn]] void throw_formatted(fmt::string_view format, fmt::format_args args) {
  throw E(fmt::vformat(format, args));
}
extern template void throw_formatted<Error>(fmt::string_view, fmt::format_args);
extern template void throw_formatted<ShapeError>(fmt::string_view, fmt::format_args);
extern template void throw_formatted<DtypeError>(fmt::string_view, fmt::format_args);
extern template void throw_formatted<TapeError>(fmt::string_view, fmt::format_args);
extern template void throw_formatted<FileError>(fmt::string_view, fmt::format_args);

/// Throws E with a message formatted by fmt.
template <class E = Error, class... Args>
[[noreturn, gnu::cold, gnu::noinline]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw_formatted<E>(format, fmt::make_format_args(args...));
}
}  // namespace detail

}  // namespace retrograd
