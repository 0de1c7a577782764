#include "csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <system_error>
#include <unordered_map>

#include "../core/creation.h"
#include "../core/error.h"
#include "../core/format.h"
#include "../ops/views.h"
#include "csv_records.h"

namespace retrograd::tools {

namespace {

using detail::CsvRecords;
using detail::in_quotes;
using detail::shown;

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

template <class T>
std::errc parse(std::string_view text, T& value) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end != text.data() + text.size() ? std::errc::invalid_argument : error;
}

/// Where the next value belongs, and what it is called in errors.
struct Column {
  std::size_t field;
  std::string name;
};

class Reader {
 public:
  Reader(const std::filesystem::path& file, const CsvOptions& options)
      : options_(options), records_(file, options.delimiter) {
    if (!records_.next())
      fail<FileError>("{}: expected {}, found an empty file", records_.name(),
                      options.header ? "a line of column names" : "at least one row");
    for (std::size_t i = 0; i < records_.fields().size(); ++i)
      names_.push_back(options.header ? std::string(records_.fields()[i]) : std::to_string(i));
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (!fields_.emplace(names_[i], i).second)
        fail<FileError>("{}: line {}: expected column names that differ, found {} twice", records_.name(),
                        records_.line(), in_quotes(names_[i]));
    if (!options.label.empty()) label_ = column(options.label);
    for (const std::string& name : options.columns) columns_.push_back(column(name));
    if (options.columns.empty())
      for (std::size_t i = 0; i < names_.size(); ++i)
        if (!label_ || label_->field != i) columns_.push_back({i, names_[i]});
  }

  Csv read() {
    Csv csv;
    csv.values = dispatch_floating(options_.dtype, [&]<class T>() { return values<T>(); });
    for (const Column& one : columns_) csv.names.push_back(one.name);
    if (label_) {
      csv.classes = classes();
      csv.labels = numbered(csv.classes);
    }
    return csv;
  }

 private:
  template <class T>
  Tensor values() {
    std::vector<T> values;
    bool more = options_.header ? records_.next() : true;  // without a header the first record is a row
    if (!more) fail<FileError>("{}: expected at least one row after the column names, found none", records_.name());
    for (; more; more = records_.next()) {
      if (records_.fields().size() != names_.size())
        fail<FileError>("{}: line {}: expected {} fields, found {}", records_.name(), records_.line(), names_.size(),
                        records_.fields().size());
      for (const Column& one : columns_) values.push_back(number<T>(one));
      if (label_) {
        labels_.push_back(records_.fields()[label_->field]);
        lines_.push_back(records_.line());
      }
      ++rows_;
    }
    return tensor(values, {rows_, static_cast<std::int64_t>(columns_.size())}, options_.dtype);
  }

  template <class T>
  T number(const Column& column) const {
    const std::string_view text = trimmed(records_.fields()[column.field]);
    if (text.empty() && options_.missing) return static_cast<T>(*options_.missing);
    T value = 0;
    const std::errc error = parse(text, value);
    if (error == std::errc{}) return value;
    long double wide = 0;  // out of range says neither "too large" nor "too small"
    if (error == std::errc::result_out_of_range) {
      if (parse(text, wide) == std::errc{} && std::abs(wide) < 1) return static_cast<T>(wide);
      fail_at(records_.line(), column, fmt::format("expected a number within the range of {}", options_.dtype), text);
    }
    fail_at(records_.line(), column, "expected a number", text);
  }

  // Labels are all whole numbers, or all names.
  std::vector<std::string> classes() const {
    if (!options_.classes.empty()) return options_.classes;
    const auto is_number = [](std::string_view text) {
      double ignored = 0;
      return parse(trimmed(text), ignored) != std::errc::invalid_argument;
    };
    const bool numbers = is_number(labels_.front());
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      std::int64_t value = -1;
      if (is_number(labels_[i]) != numbers ||
          (numbers && (parse(trimmed(labels_[i]), value) != std::errc{} || value < 0)))
        fail_at(lines_[i], *label_,
                numbers ? "expected a whole number from 0 as in the rows before (or the option `classes`)"
                        : "expected a name as in the rows before (or the option `classes`)",
                labels_[i]);
    }
    if (numbers) return {};
    const std::set<std::string_view> different(labels_.begin(), labels_.end());
    return {different.begin(), different.end()};
  }

  Tensor numbered(const std::vector<std::string>& classes) const {
    Tensor out = Tensor::empty({rows_}, int64);
    auto* label = detail::values<std::int64_t>(out);
    std::unordered_map<std::string_view, std::int64_t> numbers;
    for (const std::string& one : classes) numbers.emplace(one, static_cast<std::int64_t>(numbers.size()));
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (classes.empty()) {
        parse(trimmed(labels_[i]), label[i]);
        continue;
      }
      auto found = numbers.find(labels_[i]);
      if (found == numbers.end()) found = numbers.find(trimmed(labels_[i]));
      if (found == numbers.end())
        fail_at(lines_[i], *label_, fmt::format("expected one of {} classes", classes.size()), labels_[i]);
      label[i] = found->second;
    }
    return out;
  }

  Column column(const std::string& name) const {
    const auto found = fields_.find(name);
    if (found == fields_.end())
      fail<FileError>("{}: expected a column {}, found {}", records_.name(), in_quotes(name),
                      in_quotes(fmt::format("{}", fmt::join(names_, ", "))));
    return {found->second, name};
  }

  [[noreturn]] void fail_at(std::int64_t line, const Column& column, std::string_view expected,
                            std::string_view found) const {
    fail<FileError>("{}: line {}, column {} ({}): {}, found {}", records_.name(), line, column.field + 1,
                    shown(column.name, 40), expected, in_quotes(found));
  }

  const CsvOptions& options_;
  CsvRecords records_;
  std::vector<std::string> names_;                            // of all columns of the file
  std::unordered_map<std::string_view, std::size_t> fields_;  // by those names
  std::vector<Column> columns_;
  std::optional<Column> label_;
  std::int64_t rows_ = 0;
  std::vector<std::string_view> labels_;
  std::vector<std::int64_t> lines_;  // on which the labels stand
};

}  // namespace

Csv read_csv(const std::filesystem::path& file, const CsvOptions& options) {
  if (!is_floating(options.dtype)) fail<DtypeError>("read_csv: reads float32 or float64, got {}", options.dtype);
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r')
    fail("read_csv: a quote or the end of a line can't be the delimiter");
  std::set<std::string_view> different;
  for (const std::string& one : options.classes)
    if (!different.insert(one).second) fail("read_csv: expected classes that differ, got {} twice", in_quotes(one));
  return Reader(file, options).read();
}

Tensor Csv::operator[](std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    fail("csv: no column is called {}; there are {}", in_quotes(name),
         in_quotes(fmt::format("{}", fmt::join(names, ", "))));
  return reshape(slice(values, 1, found - names.begin(), found - names.begin() + 1), {values.size(0)});
}

Dataset Csv::dataset() const {
  if (!labels.defined()) fail("csv: there are no labels; the option `label` names their column");
  return {values, labels};
}

}  // namespace retrograd::tools
