#include "file_kind.h"

#include <algorithm>

#include "../base/error.h"

namespace retrograd::detail {

namespace {

using namespace std::string_view_literals;

struct Beginning {
  std::string_view bytes, kind;
};
// The first match wins.
constexpr Beginning kBeginnings[] = {
    {"version https://git-lfs.github.com/spec/"sv,
     "a Git LFS pointer; `git lfs pull` gets the file that it stands for"sv},
    {"\x1f\x8b"sv, "a gzip file; gunzip unpacks it"sv},
    {"PK\3\4"sv, "a zip archive, as .npz, PyTorch's .pt and .xlsx are"sv},
    {"PK\5\6"sv, "an empty zip archive"sv},
    {"\x93NUMPY"sv, "a NumPy array (.npy)"sv},
    {"\x89HDF\r\n\x1a\n"sv, "an HDF5 file"sv},
    {"\x80\2"sv, "a Python pickle, as old files of PyTorch are"sv},
    {"\x80\3"sv, "a Python pickle"sv},
    {"\x80\4"sv, "a Python pickle"sv},
    {"\x80\5"sv, "a Python pickle"sv},
    {"BZh91AY"sv, "a bzip2 file; bunzip2 unpacks it"sv},
    {"\xfd"
     "7zXZ"sv,
     "an xz file; unxz unpacks it"sv},
    {"\x28\xb5\x2f\xfd"sv, "a zstd file; unzstd unpacks it"sv},
    {"7z\xbc\xaf\x27\x1c"sv, "a 7z archive"sv},
    {"%PDF-"sv, "a PDF document"sv},
    {"\x89PNG"sv, "a PNG picture"sv},
    {"\xff\xd8\xff"sv, "a JPEG picture"sv},
    {"PAR1\x15"sv, "a Parquet file"sv},
    {"GGUF\3\0\0\0"sv, "a GGUF file"sv},
    {"\xff\xfe\0\0"sv, "UTF-32 text"sv},
    {"\0\0\xfe\xff"sv, "UTF-32 text"sv},
    {"\xff\xfe"sv, "UTF-16 text"sv},
    {"\xfe\xff"sv, "UTF-16 text"sv},
};

// An HTML or XML page: a login form, or "not found".
bool is_markup(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  head.remove_prefix(std::min(head.size(), head.find_first_not_of(" \t\r\n")));
  const auto begins = [head](std::string_view word) {
    return head.size() >= word.size() && std::equal(word.begin(), word.end(), head.begin(), [](char a, char b) {
             return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b);
           });
  };
  return begins("<!doctype html") || begins("<html");
}

// ASCII text in UTF-16 without a byte order mark: every other byte is 0.
bool is_wide_text(std::string_view head) {
  constexpr std::size_t kFewest = 4;
  head = head.substr(0, head.size() / 2 * 2);
  if (head.size() < kFewest) return false;
  const std::size_t zero = head[0] == '\0' ? 0 : 1;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const char c = head[i];
    const bool is_letter = (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n';
    if (i % 2 == zero ? c != '\0' : !is_letter) return false;
  }
  return true;
}

}  // namespace

std::string_view kind_of_file(std::string_view head) {
  if (head.empty()) return "an empty file";
  const auto known = std::find_if(std::begin(kBeginnings), std::end(kBeginnings),
                                  [&](const Beginning& one) { return head.starts_with(one.bytes); });
  if (known != std::end(kBeginnings)) return known->kind;
  if (is_markup(head)) return "an HTML page";
  if (is_wide_text(head)) return "UTF-16 text";
  return {};
}

void refuse_known_kind(std::string_view name, std::string_view format, std::string_view head) {
  const std::string_view kind = kind_of_file(head);
  if (!kind.empty()) fail<FileError>("{}: expected {}, found {}", name, format, kind);
}

}  // namespace retrograd::detail
