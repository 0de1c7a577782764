// Reads tables of numbers from CSV files (RFC 4180), plain or gzipped: fields are separated by delimiters, and quoted
// if they contain a delimiter, a quote (doubled) or a line ending; lines end in LF or CRLF. Nothing is guessed: a field
// that is not a number, or one field too many, is an error that states its position. Does not depend on models.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset.h"

namespace retrograd::tools {

/// The options of read_csv.
struct CsvOptions {
  /// Separates fields.
  char delimiter = ',';
  /// True where the first line holds the column names; otherwise they are "0", "1", ….
  bool header = true;
  /// The columns to read as numbers, by name and in this order; empty: all but the label.
  std::vector<std::string> columns = {};
  /// The column that holds each row's class, by name; empty: there are no labels.
  std::string label = {};
  /// The valid labels, distinct, in the order of their class numbers; empty: see Csv::classes. Spaces around a label
  /// are ignored unless a class contains such spaces.
  std::vector<std::string> classes = {};
  /// The value of an empty numeric field; none: an empty field is an error.
  std::optional<double> missing = {};
  /// float32 or float64.
  Dtype dtype = default_dtype();
  /// The maximum number of bytes that a gzipped file may unpack to, since it can be a thousand times its compressed
  /// size.
  std::int64_t largest = std::int64_t{1} << 30;
};

/// The contents of a CSV file.
struct Csv {
  /// The names of the columns of `values`.
  std::vector<std::string> names;
  /// The numbers, (rows, columns), float32 or float64.
  Tensor values;
  /// The class of each row, int64 (rows); an empty handle without a label column.
  Tensor labels;
  /// The label of each class number. Unless given in the options: the distinct labels in byte order if they are names;
  /// empty if they are whole numbers, which are then the classes themselves.
  std::vector<std::string> classes;

  /// One column, (rows), a view; Error where no column has this name.
  Tensor operator[](std::string_view name) const;
  /// The values as inputs and the labels as targets; Error where there are no labels.
  Dataset dataset() const;
};

/// Reads a whole file. Spaces around numbers and around unquoted names and labels are ignored; "nan" and "inf" are
/// numbers, numbers too small for the dtype are read as 0, and empty lines are skipped. FileError, "path: line …,
/// column … (name): expected …, found …", for anything but a table of numbers with at least one row, a number too large
/// for the dtype, a label that is not a class, duplicate column names, and a requested column that is missing.
/// DtypeError where the dtype is not floating, Error where a class is listed twice.
Csv read_csv(const std::string& file, const CsvOptions& options = {});

}  // namespace retrograd::tools
