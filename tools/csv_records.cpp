#include "csv_records.h"

#include "../core/error.h"
#include "../core/format.h"
#include "gzip_file.h"

namespace retrograd::detail {

namespace {

std::string text_of(const std::filesystem::path& path) {
  constexpr std::size_t kStep = 1U << 20;
  tools::GzipFile file(path);
  std::string text;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + kStep);
    const auto got = static_cast<std::size_t>(file.read(text.data() + before, kStep));
    text.resize(before + got);
    if (got < kStep) break;
  }
  return text;
}

}  // namespace

std::string in_quotes(std::string_view text) { return fmt::format("\"{}\"", shown(text, 40)); }

CsvRecords::CsvRecords(const std::filesystem::path& file, char delimiter)
    : name_(file.string()), text_(text_of(file)), delimiter_(delimiter) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

bool CsvRecords::at_end_of_line() const {
  return at_ == text_.size() || text_[at_] == '\n' ||
         (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
}

void CsvRecords::skip_end_of_line() {
  if (at_ == text_.size()) return;
  at_ += text_[at_] == '\r' ? 2 : 1;
  ++next_line_;
}

bool CsvRecords::next() {
  while (at_ < text_.size() && at_end_of_line()) skip_end_of_line();
  if (at_ == text_.size()) return false;
  line_ = next_line_;
  fields_.clear();
  for (;;) {
    fields_.push_back(at_ < text_.size() && text_[at_] == '"' ? quoted_field() : bare_field());
    if (at_end_of_line()) break;
    ++at_;  // the delimiter
  }
  skip_end_of_line();
  return true;
}

std::string_view CsvRecords::bare_field() {
  const std::size_t begin = at_;
  for (; !at_end_of_line() && text_[at_] != delimiter_; ++at_)
    if (text_[at_] == '"')
      fail<FileError>("{}: line {}, column {}: expected quotes around the whole field, found one within it", name_,
                      next_line_, fields_.size() + 1);
  return std::string_view(text_).substr(begin, at_ - begin);
}

// Doubled quotes are made one in place: the field never grows.
std::string_view CsvRecords::quoted_field() {
  const std::size_t begin = ++at_;
  const std::int64_t first_line = next_line_;
  std::size_t end = begin;
  for (;; ++at_) {
    if (at_ == text_.size())
      fail<FileError>("{}: line {}, column {}: expected a closing quote, found the end of the file", name_, first_line,
                      fields_.size() + 1);
    if (text_[at_] == '"') {
      if (at_ + 1 == text_.size() || text_[at_ + 1] != '"') break;
      ++at_;
    }
    if (text_[at_] == '\n') ++next_line_;
    text_[end++] = text_[at_];
  }
  ++at_;
  if (!at_end_of_line() && text_[at_] != delimiter_)
    fail<FileError>(
        "{}: line {}, column {}: expected a delimiter or the end of the line after the closing quote, "
        "found {}",
        name_, next_line_, fields_.size() + 1, in_quotes(std::string_view(text_).substr(at_, 1)));
  return std::string_view(text_).substr(begin, end - begin);
}

}  // namespace retrograd::detail
