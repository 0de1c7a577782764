#include "error.h"

namespace retrograd {

void Error::add_part(std::string_view part) {
  where_ = where_.empty() ? std::string(part) : fmt::format("{}.{}", part, where_);
  located_ = fmt::format("layer \"{}\": {}", where_, std::invalid_argument::what());
}

const char* Error::what() const noexcept { return located_.empty() ? std::invalid_argument::what() : located_.c_str(); }

}  // namespace retrograd
