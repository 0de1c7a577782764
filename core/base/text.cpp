#include "text.h"

#include <algorithm>
#include <string>

namespace retrograd {

namespace {
// The size in bytes of the first character of the text; 0 if it is not printable.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  return first == 0xc2 && byte(1) < 0xa0 ? 0 : size;  // U+0080 to U+009F are control characters too
}
}  // namespace

std::string detail::shown(std::string_view text, std::size_t most) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = character_size(text), taken = std::max<std::size_t>(size, 1);
    if (out.size() + taken > most) return out + "…";
    out += size > 0 ? text.substr(0, size) : "?";
    text.remove_prefix(taken);
  }
  return out;
}

std::string detail::shown_path(std::string_view path) { return shown(path, std::string_view::npos); }

std::string detail::shell_quoted(std::string_view text) {
  std::string plain, printed;  // the text in quotes, and as a quoted printf format
  bool is_plain = true;
  // Command substitution in a shell strips trailing newlines, so they are appended separately.
  const std::size_t end = text.find_last_not_of('\n') + 1;
  const std::string line_ends(text.substr(end));
  for (std::string_view rest = text.substr(0, end); !rest.empty();) {
    const std::size_t size = character_size(rest), taken = std::max<std::size_t>(size, 1);
    const char c = rest[0];
    is_plain = is_plain && size > 0;
    plain += c == '\'' ? "'\\''" : rest.substr(0, taken);
    if (size == 0)
      printed += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    else
      printed += c == '\'' ? "'\\''" : c == '\\' ? "\\\\" : c == '%' ? "%%" : rest.substr(0, size);
    rest.remove_prefix(taken);
  }
  return (is_plain ? "'" + plain + "'" : "\"$(printf '" + printed + "')\"") +
         (line_ends.empty() ? "" : "'" + line_ends + "'");
}

std::string detail::bytes_text(std::int64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; amount >= 1023.95 && unit < 5; ++unit) amount /= 1024;
  return amount < 9.995   ? fmt::format("{:.2f} {}", amount, kUnits[unit])
         : amount < 99.95 ? fmt::format("{:.1f} {}", amount, kUnits[unit])
                          : fmt::format("{:.0f} {}", amount, kUnits[unit]);
}

std::string detail::joined(std::span<const std::int64_t> numbers) {
  std::string text;
  for (const std::int64_t number : numbers) text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

std::string detail::joined(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) text += (&word == words.data() ? "" : ", ") + word;
  return text;
}

fmt::format_context::iterator detail::TextFormatter::write(std::string_view text, fmt::format_context& context) const {
  if (specification_.empty()) return std::copy(text.begin(), text.end(), context.out());
  const fmt::string_view shown(text.data(), text.size());
  const std::string set = fmt::vformat("{:" + std::string(specification_) + "}", fmt::make_format_args(shown));
  return std::copy(set.begin(), set.end(), context.out());
}

}  // namespace retrograd
