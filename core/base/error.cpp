#include "error.h"

namespace retrograd {

void Error::add_part(std::string_view part) {
  where_ = where_.empty() ? std::string(part) : fmt::format("{}.{}", part, where_);
  located_ = fmt::format("layer \"{}\": {}", where_, std::invalid_argument::what());
}

const char* Error::what() const noexcept { return located_.empty() ? std::invalid_argument::what() : located_.c_str(); }

Error::~Error() = default;
ShapeError::~ShapeError() = default;
DtypeError::~DtypeError() = default;
LinalgError::~LinalgError() = default;
TapeError::~TapeError() = default;
FileError::~FileError() = default;

template void detail::throw_formatted<Error>(fmt::string_view, fmt::format_args);
template void detail::throw_formatted<ShapeError>(fmt::string_view, fmt::format_args);
template void detail::throw_formatted<DtypeError>(fmt::string_view, fmt::format_args);
template void detail::throw_formatted<TapeError>(fmt::string_view, fmt::format_args);
template void detail::throw_formatted<FileError>(fmt::string_view, fmt::format_args);

}  // namespace retrograd
