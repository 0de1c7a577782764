// What Retrograd throws. A caller's mistake is an Error (a std::invalid_argument): the op first, then the fact, then
// the values, as in "matmul: inner dimensions differ: (2, 3) x (4, 5)". A bad or missing file is a FileError: what,
// where, expected, found. Asserts are for our own mistakes and never meet a user. Does not depend on
// layers, except that an error can be given the name of the layer it was thrown in. Destructors are defined in the
// .cpp, so that vtables are not emitted in every file that throws.
#pragma once
#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace retrograd {

/// The caller's mistake: what was called, what is wrong with it, and the values.
struct Error : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
  ~Error() override;
  /// Says that this happened in this part of a model. A container that catches adds its part and throws on, the inner
  /// one first: what an Mlp's second layer throws begins with `layer "layers.1": `.
  void add_part(std::string_view part);
  /// The message, behind the dotted name of the layer where there is one.
  const char* what() const noexcept override;

 private:
  std::string where_, located_;
};
/// Shapes, axes or ranges that do not fit.
struct ShapeError : Error {
  using Error::Error;
  ~ShapeError() override;
};
/// Dtypes that differ, or that the op does not take.
struct DtypeError : Error {
  using Error::Error;
  ~DtypeError() override;
};
/// A matrix that a factorization or a solution cannot take: singular, or not positive definite.
struct LinalgError : Error {
  using Error::Error;
  ~LinalgError() override;
};
/// A tape used against its rules: consumed twice, asked about the unwatched, written under.
struct TapeError : Error {
  using Error::Error;
  ~TapeError() override;
};
/// A file that is missing, damaged or not what its name promises.
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
