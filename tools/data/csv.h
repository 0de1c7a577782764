// Tables of numbers from CSV files as RFC 4180 has them, plain or gzipped: fields between delimiters, in quotes where
// they hold a delimiter, a quote (doubled) or the end of a line; lines end in LF or CRLF. Nothing is guessed: what is
// no number, or one field too many, is an error that says where it stands. Knows nothing of models.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset.h"

namespace retrograd::tools {

/// How a CSV file is read.
struct CsvOptions {
  /// What stands between fields.
  char delimiter = ',';
  /// True where the first line holds the names of the columns; else they are called "0", "1", ….
  bool header = true;
  /// The columns wanted as numbers, by name and in this order; none: all but the label.
  std::vector<std::string> columns = {};
  /// The column that holds each row's class, by name; none: there are no labels.
  std::string label = {};
  /// What the labels may be, in the order of their class numbers, each once; none: see Csv::classes. Spaces
  /// around a label don't matter unless a class has them.
  std::vector<std::string> classes = {};
  /// What an empty field among the numbers stands for; none: it is an error.
  std::optional<double> missing = {};
  /// float32 or float64.
  Dtype dtype = default_dtype();
  /// The most bytes of text that a gzipped file may unpack to: a megabyte can stand for a thousand times as many.
  std::int64_t largest = std::int64_t{1} << 30;
};

/// What was read from a CSV file.
struct Csv {
  /// The names of the columns of `values`.
  std::vector<std::string> names;
  /// The numbers, (rows, columns), float32 or float64.
  Tensor values;
  /// The class of each row, int64 (rows); an empty handle where no label column was asked for.
  Tensor labels;
  /// The label that each class number stands for. Where the options don't say: of labels that are names, the different
  /// ones in the order of their bytes; empty where labels are whole numbers, which then are the classes themselves.
  std::vector<std::string> classes;

  /// One column, (rows), a view; Error where there is none of this name.
  Tensor operator[](std::string_view name) const;
  /// The values as inputs and the labels as targets; Error where there are no labels.
  Dataset dataset() const;
};

/// Reads a file whole. Spaces around a number, or around a name or a label that is not in quotes, don't matter; "nan"
/// and "inf" are numbers, and one too small for the dtype is 0; empty lines are skipped.
/// FileError, "path: line …, column … (name): expected …, found …", on anything that is not a table of numbers of at
/// least one row, on a number too large for the dtype, on a label that is no class, and where two columns have one
/// name or one that is asked for is missing. DtypeError where the dtype is no floating one, Error where a class
/// is listed twice.
Csv read_csv(const std::string& file, const CsvOptions& options = {});

}  // namespace retrograd::tools
