#include "csv_records.h"

#include "../../core/base/error.h"
#include "../../core/base/text.h"
#include "../../core/tensor/file_kind.h"
#include "../../core/tensor/format.h"

namespace retrograd::detail {

std::string in_quotes(std::string_view text) { return fmt::format("\"{}\"", shown(text, 40)); }

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

CsvRecords::CsvRecords(const std::filesystem::path& file, char delimiter, std::int64_t largest)
    : file_(file), delimiter_(delimiter), largest_(largest) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (!more()) return;
  refuse_known_kind(name(), "a CSV file in UTF-8", std::string_view(text_).substr(0, kFileHead));
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

// Reads more text; false at the end of the file.
bool CsvRecords::more() {
  constexpr std::size_t kStep = std::size_t{1} << 18;
  if (is_whole_) return false;
  const std::size_t before = text_.size();
  text_.resize(before + kStep);
  const auto got = static_cast<std::size_t>(file_.read(text_.data() + before, kStep));
  text_.resize(before + got);
  is_whole_ = got < kStep;
  read_ += static_cast<std::int64_t>(got);
  if (read_ > largest_ && file_.is_packed())
    fail<FileError>("{}: expected a gzip file of at most {} bytes of text (the option `largest`), found more", name(),
                    largest_);
  return got > 0;
}

bool CsvRecords::at_end_of_line() {
  if (at_end() || text_[at_] == '\n') return true;
  if (text_[at_] != '\r') return false;
  return (at_ + 1 < text_.size() || more()) && text_[at_ + 1] == '\n';
}

void CsvRecords::skip_end_of_line() {
  if (at_ == text_.size()) return;
  at_ += text_[at_] == '\r' ? 2 : 1;
  ++next_line_;
}

void CsvRecords::refuse_return() const {
  fail<FileError>("{}: line {}: expected lines that end in LF or CRLF, found a lone CR", name(), next_line_);
}

bool CsvRecords::next() {
  constexpr std::size_t kTogether = std::size_t{1} << 18;
  for (;;) {
    if (at_ >= kTogether) {  // discards the text of earlier records
      text_.erase(0, at_);
      at_ = 0;
    }
    if (at_end()) return false;
    if (!at_end_of_line()) break;
    skip_end_of_line();
  }
  line_ = next_line_;
  spans_.clear();
  for (;;) {
    spans_.push_back(!at_end() && text_[at_] == '"' ? quoted_field() : bare_field());
    if (at_end_of_line()) break;
    ++at_;  // the delimiter
  }
  skip_end_of_line();
  ++records_;
  fields_.clear();
  for (const Span& one : spans_)
    fields_.push_back({std::string_view(text_).substr(one.begin, one.end - one.begin), one.is_quoted});
  return true;
}

CsvRecords::Span CsvRecords::bare_field() {
  const std::size_t begin = at_;
  for (; !at_end_of_line() && text_[at_] != delimiter_; ++at_) {
    if (text_[at_] == '"')
      fail<FileError>("{}: line {}, column {}: expected quotes around the whole field, found one within it", name(),
                      next_line_, spans_.size() + 1);
    if (text_[at_] == '\r' && records_ == 0) refuse_return();
  }
  return {begin, at_, false};
}

// Doubled quotes are unescaped in place, since a field never grows.
CsvRecords::Span CsvRecords::quoted_field() {
  const std::size_t begin = ++at_;
  const std::int64_t first_line = next_line_;
  std::size_t end = begin;
  for (;; ++at_) {
    if (at_end())
      fail<FileError>("{}: line {}, column {}: expected a closing quote, found the end of the file", name(), first_line,
                      spans_.size() + 1);
    if (text_[at_] == '"') {
      if ((at_ + 1 == text_.size() && !more()) || text_[at_ + 1] != '"') break;
      ++at_;
    }
    if (text_[at_] == '\n') ++next_line_;
    text_[end++] = text_[at_];
  }
  ++at_;
  if (at_end_of_line() || text_[at_] == delimiter_) return {begin, end, true};
  if (text_[at_] == '\r') refuse_return();
  fail<FileError>(
      "{}: line {}, column {}: expected a delimiter or the end of the line after the closing quote, "
      "found {}",
      name(), next_line_, spans_.size() + 1, in_quotes(std::string_view(text_).substr(at_, 1)));
}

}  // namespace retrograd::detail
