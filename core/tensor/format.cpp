#include "format.h"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "../base/function_ref.h"

namespace retrograd {

namespace {

constexpr std::int64_t kEdge = 3, kMostValues = 1000;
constexpr int kPrecision = 8;
constexpr std::size_t kLineWidth = 75;

using Word = FunctionRef<std::string(std::int64_t)>;

std::string right_aligned(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

// The elements share one layout: all fixed-point with as many decimals as the longest needs, or all scientific.
class Layout {
 public:
  Layout(const std::vector<double>& values, Dtype dtype) : single_(dtype == float32) {
    double largest = 0, smallest = INFINITY;
    for (double value : values) {
      const double size = std::abs(value);
      if (!std::isfinite(size) || size == 0) continue;
      largest = std::max(largest, size);
      smallest = std::min(smallest, size);
    }
    scientific_ = largest >= 1e8 || (largest > 0 && (smallest < 1e-4 || largest / smallest > 1e3));
    for (double value : values)
      if (std::isfinite(value)) decimals_ = std::max(decimals_, decimals_of(value));
    for (double value : values) width_ = std::max(width_, text(value).size());
  }
  /// The value padded to the column width: decimal points aligned and trailing zeros blank, as in NumPy.
  std::string cell(double value) const {
    std::string cell = right_aligned(text(value), width_);
    if (!scientific_ && std::isfinite(value))
      for (std::size_t i = cell.size(); i-- > 0 && cell[i] == '0';) cell[i] = ' ';
    return cell;
  }

 private:
  int decimals_of(double value) const {
    // The shortest digits that round-trip, at most kPrecision after the point.
    for (int digits = 0; digits < kPrecision; ++digits) {
      const std::string s = scientific_ ? fmt::format("{:.{}e}", value, digits) : fmt::format("{:.{}f}", value, digits);
      const double read = std::strtod(s.c_str(), nullptr);
      if ((single_ ? static_cast<float>(read) : read) == value) return digits;
    }
    return kPrecision;
  }
  std::string text(double value) const {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    if (scientific_) return fmt::format("{:#.{}e}", value, decimals_);
    return fmt::format("{:#.{}f}", value, decimals_);
  }
  bool single_, scientific_ = false;
  int decimals_ = 0;
  std::size_t width_ = 0;
};

// Calls word(i) for each printed element and arranges the words with NumPy's abbreviation and line breaks: rows that
// are too long continue on the next line, indented one column more than the innermost bracket.
void layout_axes(const Shape& shape, bool abbreviated, int axis, std::int64_t at, std::string& out, Word word) {
  const std::int64_t n = shape[axis];
  const bool innermost = axis + 1 == shape.rank();
  const auto indent = static_cast<std::size_t>(axis + 1);
  std::size_t column = indent;  // in the line, counting all enclosing brackets
  out += '[';
  for (std::int64_t i = 0; i < n; ++i) {
    const bool skips = abbreviated && n > 2 * kEdge && i == kEdge;
    if (!innermost) {
      if (i > 0) {
        out += std::string(static_cast<std::size_t>(shape.rank()) - indent, '\n');
        out += std::string(indent, ' ');
      }
      skips ? static_cast<void>(out += "...") : layout_axes(shape, abbreviated, axis + 1, at * n + i, out, word);
    } else {
      const std::string text = skips ? "..." : word(at * n + i);
      if (i > 0) out += ' ', ++column;
      if (column + text.size() > kLineWidth - static_cast<std::size_t>(shape.rank()) && column > indent) {
        out.erase(out.find_last_not_of(' ') + 1);
        out += '\n' + std::string(indent, ' ');
        column = indent;
      }
      out += text;
      column += text.size();
    }
    if (skips) i = n - kEdge - 1;
  }
  out += ']';
}

}  // namespace

std::string to_string(const Tensor& x) {
  if (!x.defined()) return "(empty handle)";
  if (x.size() == 0) return "[]";
  // Read in place: of a large view, only the edges are shown.
  const auto offset_of = [&x, strides = x.strides()](std::int64_t i) {
    std::int64_t offset = 0;
    for (int axis = x.rank() - 1; axis >= 0; i /= x.shape()[axis--])
      offset += i % x.shape()[axis] * strides[static_cast<std::size_t>(axis)];
    return offset;
  };
  const auto lay_out = [&](Word word) {
    if (x.rank() == 0) return word(0);
    std::string out;
    layout_axes(x.shape(), x.size() > kMostValues, 0, 0, out, word);
    return out;
  };
  if (is_floating(x.dtype())) {
    const auto value = [&](std::int64_t i) {
      return x.dtype() == float64 ? x.data<double>()[offset_of(i)] : x.data<float>()[offset_of(i)];
    };
    if (x.rank() == 0) return fmt::format("{:.{}g}", value(0), x.dtype() == float64 ? 9 : 8);
    std::vector<double> shown;
    lay_out([&](std::int64_t i) {
      shown.push_back(value(i));
      return std::string();
    });
    const Layout layout(shown, x.dtype());
    return lay_out([&](std::int64_t i) { return layout.cell(value(i)); });
  }
  const auto text = [&](std::int64_t i) -> std::string {
    if (x.dtype() == boolean) return x.data<bool>()[offset_of(i)] ? "True" : "False";
    return std::to_string(x.dtype() == int64 ? x.data<std::int64_t>()[offset_of(i)]
                                             : x.data<std::uint8_t>()[offset_of(i)]);
  };
  if (x.rank() == 0) return text(0);
  std::size_t width = 0;
  lay_out([&](std::int64_t i) {
    width = std::max(width, text(i).size());
    return std::string();
  });
  return lay_out([&](std::int64_t i) { return right_aligned(text(i), width); });
}

std::ostream& operator<<(std::ostream& stream, const Tensor& x) { return stream << to_string(x); }

}  // namespace retrograd
