#include "csv.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <set>
#include <system_error>
#include <unordered_map>

#include "../../core/base/error.h"
#include "../../core/base/text.h"
#include "../../core/tensor/format.h"
#include "../../ops/shape/views.h"
#include "csv_records.h"

namespace retrograd::tools {

namespace {

using detail::CsvField;
using detail::CsvRecords;
using detail::in_quotes;
using detail::shown;
using detail::trimmed;

template <class T>
std::errc parse(std::string_view text, T& value) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end != text.data() + text.size() ? std::errc::invalid_argument : error;
}

/// For a decimal number outside the range of every dtype: true where it is too small rather than too large.
bool is_tiny(std::string_view text) {
  const std::size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view digits = text.substr(0, e);
  std::int64_t exponent = 0;
  if (e < text.size() && parse(text.substr(e + 1), exponent) != std::errc{}) return text[e + 1] == '-';
  const std::size_t point = std::min(digits.find('.'), digits.size()), first = digits.find_first_of("123456789");
  // The power of ten of the first digit, to within one.
  const auto place = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  return __builtin_add_overflow(exponent, place, &exponent) ? text[e + 1] == '-' : exponent < 0;
}

/// The destination of the next value, and the column's name for errors.
struct Column {
  std::size_t field;
  std::string name;
};

class Reader {
 public:
  Reader(const std::filesystem::path& file, const CsvOptions& options)
      : options_(options), records_(file, options.delimiter, options.largest) {
    if (!records_.next())
      detail::fail<FileError>("{}: expected {}, found an empty file", records_.name(),
                              options.header ? "a line of column names" : "at least one row");
    for (std::size_t i = 0; i < records_.fields().size(); ++i)
      names_.push_back(options.header ? std::string(name_in(records_.fields()[i])) : std::to_string(i));
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (!fields_.emplace(names_[i], i).second)
        detail::fail<FileError>("{}: line {}: expected distinct column names, found {} twice", records_.name(),
                                records_.line(), in_quotes(names_[i]));
    if (!options.label.empty()) label_ = column(options.label);
    for (const std::string& name : options.columns) columns_.push_back(column(name));
    if (options.columns.empty())
      for (std::size_t i = 0; i < names_.size(); ++i)
        if (!label_ || label_->field != i) columns_.push_back({i, names_[i]});
  }

  Csv read() {
    Csv csv;
    csv.values = detail::dispatch<float, double>(options_.dtype, [&]<class T>() { return values<T>(); });
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
    // In parts, so that growing never copies and the table is held only once.
    constexpr std::size_t kPart = std::size_t{1} << 18;
    std::deque<std::vector<T>> parts;
    bool more = options_.header ? records_.next() : true;  // without a header the first record is a row
    if (!more)
      detail::fail<FileError>("{}: expected at least one row after the column names, found none", records_.name());
    for (; more; more = records_.next()) {
      if (records_.fields().size() != names_.size())
        detail::fail<FileError>("{}: line {}: expected {} fields, found {}", records_.name(), records_.line(),
                                names_.size(), records_.fields().size());
      if (parts.empty() || parts.back().size() >= kPart) {
        parts.emplace_back();
        if (parts.size() > 1) parts.back().reserve(parts.front().size());
      }
      for (const Column& one : columns_) parts.back().push_back(number<T>(one));
      if (label_) add_label(records_.fields()[label_->field]);
      ++rows_;
    }
    Tensor out = Tensor::empty({rows_, static_cast<std::int64_t>(columns_.size())}, options_.dtype);
    for (T* to = detail::values<T>(out); !parts.empty(); parts.pop_front())
      to = std::copy(parts.front().begin(), parts.front().end(), to);
    return out;
  }

  template <class T>
  T number(const Column& column) const {
    const std::string_view text = trimmed(records_.fields()[column.field].text);
    if (text.empty() && options_.missing) return static_cast<T>(*options_.missing);
    T value = 0;
    const std::errc error = parse(text, value);
    if (error == std::errc{}) return value;
    if (error == std::errc::result_out_of_range) {  // which does not distinguish too large from too small
      const bool is_negative = text.front() == '-';
      if (is_tiny(text.substr(is_negative || text.front() == '+' ? 1 : 0))) return is_negative ? T{-0.0} : T{0};
      fail_at(records_.line(), column, fmt::format("expected a number within the range of {}", options_.dtype), text);
    }
    fail_at(records_.line(), column, "expected a number", text);
  }

  // Stores each distinct label once: verbatim, or trimmed where no given class has spaces around it.
  void add_label(const CsvField& field) {
    const std::string_view text = options_.classes.empty() ? name_in(field) : field.text;
    auto found = label_numbers_.find(text);
    if (found == label_numbers_.end()) {
      labels_.push_back({std::string(text), records_.line()});
      found = label_numbers_.emplace(labels_.back().text, static_cast<std::uint32_t>(labels_.size() - 1)).first;
    }
    rows_labels_.push_back(found->second);
  }

  // The labels must be all whole numbers or all names.
  std::vector<std::string> classes() const {
    if (!options_.classes.empty()) return options_.classes;
    const auto is_number = [](std::string_view text) {
      double ignored = 0;
      return parse(trimmed(text), ignored) != std::errc::invalid_argument;
    };
    const bool numbers = is_number(labels_.front().text);
    for (const Label& one : labels_) {
      std::int64_t value = -1;
      if (is_number(one.text) != numbers || (numbers && (parse(trimmed(one.text), value) != std::errc{} || value < 0)))
        fail_at(one.line, *label_,
                numbers ? "expected a whole number from 0 as in the rows before (or the option `classes`)"
                        : "expected a name as in the rows before (or the option `classes`)",
                one.text);
    }
    if (numbers) return {};
    std::vector<std::string> names;
    for (const Label& one : labels_) names.push_back(one.text);
    std::sort(names.begin(), names.end());
    return names;
  }

  Tensor numbered(const std::vector<std::string>& classes) const {
    std::unordered_map<std::string_view, std::int64_t> numbers;
    for (const std::string& one : classes) numbers.emplace(one, static_cast<std::int64_t>(numbers.size()));
    std::vector<std::int64_t> of_label;
    for (const Label& one : labels_) {
      std::int64_t& number = of_label.emplace_back();
      if (classes.empty()) {
        parse(trimmed(one.text), number);
        continue;
      }
      auto found = numbers.find(one.text);
      if (found == numbers.end()) found = numbers.find(trimmed(one.text));
      if (found == numbers.end())
        fail_at(one.line, *label_, fmt::format("expected one of {} classes", classes.size()), one.text);
      number = found->second;
    }
    Tensor out = Tensor::empty({rows_}, int64);
    std::transform(rows_labels_.begin(), rows_labels_.end(), detail::values<std::int64_t>(out),
                   [&](std::uint32_t label) { return of_label[label]; });
    return out;
  }

  Column column(const std::string& name) const {
    auto found = fields_.find(name);
    if (found == fields_.end()) found = fields_.find(trimmed(name));
    if (found == fields_.end())
      detail::fail<FileError>("{}: expected a column {}, found {}", records_.name(), in_quotes(name),
                              in_quotes(detail::joined(names_)));
    return {found->second, names_[found->second]};
  }

  [[noreturn]] void fail_at(std::int64_t line, const Column& column, std::string_view expected,
                            std::string_view found) const {
    detail::fail<FileError>("{}: line {}, column {} ({}): {}, found {}", records_.name(), line, column.field + 1,
                            shown(column.name, 40), expected, in_quotes(found));
  }

  const CsvOptions& options_;
  CsvRecords records_;
  std::vector<std::string> names_;                            // of all columns in the file
  std::unordered_map<std::string_view, std::size_t> fields_;  // indices by name
  std::vector<Column> columns_;
  std::optional<Column> label_;
  std::int64_t rows_ = 0;
  struct Label {
    std::string text;
    std::int64_t line;  // where it first occurs
  };
  std::deque<Label> labels_;  // the distinct ones, in the order of the file
  std::unordered_map<std::string_view, std::uint32_t> label_numbers_;
  std::vector<std::uint32_t> rows_labels_;  // of each row, as an index into labels_
};

}  // namespace

Csv read_csv(const std::string& file, const CsvOptions& options) {
  if (!is_floating(options.dtype))
    detail::fail<DtypeError>("read_csv: the dtype must be float32 or float64, got {}", options.dtype);
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r')
    detail::fail("read_csv: the delimiter cannot be a quote or a line ending");
  std::set<std::string_view> different;
  for (const std::string& one : options.classes)
    if (!different.insert(one).second)
      detail::fail("read_csv: expected distinct classes, got {} twice", in_quotes(one));
  return Reader(file, options).read();
}

Tensor Csv::operator[](std::string_view name) const {
  auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) found = std::find(names.begin(), names.end(), trimmed(name));
  if (found == names.end())
    detail::fail("csv: no column is named {}; the columns are {}", in_quotes(name), in_quotes(detail::joined(names)));
  return reshape(slice(values, 1, found - names.begin(), found - names.begin() + 1), {values.size(0)});
}

Dataset Csv::dataset() const {
  if (!labels.defined()) detail::fail("csv: there are no labels; name their column with the option `label`");
  return {values, labels};
}

}  // namespace retrograd::tools
