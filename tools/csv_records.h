// The records of a CSV file, one after another: its fields as text, and where each stands. Not a public header.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace retrograd::detail {

class CsvRecords {
 public:
  /// Reads the whole file, plain or gzipped; FileError where it can't.
  CsvRecords(const std::filesystem::path& file, char delimiter);

  /// Moves on to the next record; false at the end of the file. FileError where quotes stand wrong.
  bool next();
  /// The fields of this record, unquoted; they stay valid as long as this object does.
  const std::vector<std::string_view>& fields() const { return fields_; }
  /// The line that this record begins on, from 1.
  std::int64_t line() const { return line_; }
  /// The name of the file, for errors.
  const std::string& name() const { return name_; }

 private:
  std::string_view bare_field();
  std::string_view quoted_field();
  bool at_end_of_line() const;
  void skip_end_of_line();

  std::string name_, text_;
  char delimiter_;
  std::size_t at_ = 0;
  std::int64_t line_ = 0, next_line_ = 1;
  std::vector<std::string_view> fields_;
};

/// The text as errors show it: in quotes, cut where it is long.
std::string in_quotes(std::string_view text);

}  // namespace retrograd::detail
