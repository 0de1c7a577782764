// The records of a CSV file one by one: the text of their fields, and their positions. Keeps only the current record
// and read-ahead text in memory. Not a public header.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gzip_file.h"

namespace retrograd::detail {

/// One field of a record.
struct CsvField {
  std::string_view text;  // unquoted
  bool is_quoted;
};

/// The text without surrounding spaces and tabs.
std::string_view trimmed(std::string_view text);
/// The text of a field that is a name, trimmed unless it is quoted.
inline std::string_view name_in(const CsvField& field) { return field.is_quoted ? field.text : trimmed(field.text); }

class CsvRecords {
 public:
  /// Opens a file, plain or gzipped; FileError where that fails, or where the file is clearly not a CSV file. A gzipped
  /// file may unpack to at most `largest` bytes.
  CsvRecords(const std::filesystem::path& file, char delimiter, std::int64_t largest);

  /// Moves to the next record; false at the end of the file. FileError where quotes are misplaced, or the file is
  /// damaged or too large.
  bool next();
  /// The fields of the current record, valid until the next call of next().
  const std::vector<CsvField>& fields() const { return fields_; }
  /// The line on which the record begins, from 1.
  std::int64_t line() const { return line_; }
  /// The name of the file, for errors.
  const std::string& name() const { return file_.name(); }

 private:
  struct Span {  // of a field in text_, which may be reallocated
    std::size_t begin, end;
    bool is_quoted;
  };
  bool more();
  bool at_end() { return at_ == text_.size() && !more(); }
  bool at_end_of_line();
  void skip_end_of_line();
  [[noreturn]] void refuse_return() const;
  Span bare_field();
  Span quoted_field();

  tools::GzipFile file_;
  char delimiter_;
  std::int64_t largest_, read_ = 0;
  std::string text_;    // starts at or before the current record
  std::size_t at_ = 0;  // the position in text_
  bool is_whole_ = false;
  std::int64_t line_ = 0, next_line_ = 1, records_ = 0;
  std::vector<Span> spans_;
  std::vector<CsvField> fields_;
};

/// The text in quotes for an error, shortened if it is long.
std::string in_quotes(std::string_view text);

}  // namespace retrograd::detail
