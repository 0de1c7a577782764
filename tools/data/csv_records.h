// The records of a CSV file, one after another: its fields as text, and where each stands. Of the file only the record
// and what was read ahead is kept. Not a public header.
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

/// The text without spaces and tabs around it.
std::string_view trimmed(std::string_view text);
/// The text of a field that is a name: spaces around one that is not in quotes are the separators'.
inline std::string_view name_in(const CsvField& field) { return field.is_quoted ? field.text : trimmed(field.text); }

class CsvRecords {
 public:
  /// Opens a file, plain or gzipped; FileError where it cannot, or where it is plainly no CSV. A gzipped one may unpack
  /// to `largest` bytes.
  CsvRecords(const std::filesystem::path& file, char delimiter, std::int64_t largest);

  /// Moves on to the next record; false at the end of the file. FileError where quotes stand wrong, or the file is
  /// damaged or too large.
  bool next();
  /// The fields of this record, which stay valid until the next.
  const std::vector<CsvField>& fields() const { return fields_; }
  /// The line that this record begins on, from 1.
  std::int64_t line() const { return line_; }
  /// The name of the file, for errors.
  const std::string& name() const { return file_.name(); }

 private:
  struct Span {  // of a field in text_, which moves as it grows
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
  std::string text_;    // from the record on
  std::size_t at_ = 0;  // in text_
  bool is_whole_ = false;
  std::int64_t line_ = 0, next_line_ = 1, records_ = 0;
  std::vector<Span> spans_;
  std::vector<CsvField> fields_;
};

/// The text as errors show it: in quotes, cut where it is long.
std::string in_quotes(std::string_view text);

}  // namespace retrograd::detail
