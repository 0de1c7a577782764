#include "safetensors.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "../core/error.h"
#include "../core/format.h"

namespace retrograd::nn {

namespace {

static_assert(std::endian::native == std::endian::little, "safetensors stores little-endian values, and so do we");

using nlohmann::json;
constexpr std::uint64_t kLargestHeader = 100'000'000;

struct StoredName {
  Dtype dtype;
  const char* text;
};
constexpr StoredName kStoredNames[] = {{Dtype::float32, "F32"},
                                       {Dtype::float64, "F64"},
                                       {Dtype::int64, "I64"},
                                       {Dtype::boolean, "BOOL"},
                                       {Dtype::uint8, "U8"}};

std::string stored_name(Dtype dtype) {
  for (const auto& [own, text] : kStoredNames)
    if (own == dtype) return text;
  return {};
}

// One file being written beside its target: renamed over it when whole, removed otherwise.
class NewFile {
  static inline std::atomic<int> count{0};

 public:
  explicit NewFile(const std::filesystem::path& target)
      : target_(target),
        path_(target.string() + fmt::format(".{}.{}.tmp", ::getpid(), ++count)),
        descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) fail_here("can't create");
  }
  ~NewFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!done_) ::unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(const void* data, std::size_t size) {
    const char* from = static_cast<const char*>(data);
    while (size > 0) {
      const ssize_t written = ::write(descriptor_, from, size);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail_here("can't write");
      from += written;
      size -= static_cast<std::size_t>(written);
    }
  }
  void finish() {
    if (::fsync(descriptor_) != 0) fail_here("can't sync");
    if (::close(std::exchange(descriptor_, -1)) != 0) fail_here("can't close");
    if (::rename(path_.c_str(), target_.c_str()) != 0) fail_here("can't rename to its place");
    done_ = true;
  }

 private:
  [[noreturn]] void fail_here(const char* what) const {
    fail<FileError>("{}: {}: {}", target_.string(), what, std::strerror(errno));
  }
  std::filesystem::path target_, path_;
  int descriptor_;
  bool done_ = false;
};

// The header as flat events: nlohmann's tree would keep the last of two equal names in silence.
class DuplicateNames : public json::json_sax_t {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    names_.emplace_back();
    return true;
  }
  bool key(string_t& name) override {
    if (!names_.back().insert(name).second && duplicate_.empty()) duplicate_ = name;
    return true;
  }
  bool end_object() override {
    names_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }
  const std::string& duplicate() const { return duplicate_; }

 private:
  std::vector<std::set<std::string>> names_;
  std::string duplicate_;
};

struct Entry {
  std::string name;
  Dtype dtype;
  Shape shape;
  std::uint64_t begin, end;
};

class Header {
 public:
  Header(const std::filesystem::path& file, const std::string& text, std::uint64_t data_size) : file_(file.string()) {
    DuplicateNames names;
    if (text.empty() || text[0] != '{') fail<FileError>("{}: the header must start with '{{'", file_);
    json header;
    try {
      header = json::parse(text);
    } catch (const json::exception& e) {
      fail<FileError>("{}: the header is not JSON: {}", file_, e.what());
    }
    if (!header.is_object()) fail<FileError>("{}: the header is not a JSON object", file_);
    json::sax_parse(text, &names);
    if (!names.duplicate().empty())
      fail<FileError>("{}: the name {} stands twice in the header", file_, names.duplicate());
    for (const auto& [name, value] : header.items()) {
      if (name != "__metadata__")
        entries_.push_back(entry(name, value));
      else if (!value.is_object() ||
               !std::all_of(value.begin(), value.end(), [](const json& v) { return v.is_string(); }))
        fail<FileError>("{}: __metadata__ must map names to strings", file_);
    }
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
    std::uint64_t at = 0;
    for (const Entry& e : entries_) {
      if (e.begin != at)
        fail<FileError>("{}: tensor {}: its bytes must begin at {}, the end of those before, found {}", file_, e.name,
                        at, e.begin);
      at = e.end;
    }
    if (at != data_size)
      fail<FileError>("{}: the tensors take {} bytes, the file has {} after the header", file_, at, data_size);
  }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  Entry entry(const std::string& name, const json& value) const {
    const auto bad = [&](const std::string& what) { fail<FileError>("{}: tensor {}: {}", file_, name, what); };
    if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") || !value.contains("data_offsets"))
      bad("expected dtype, shape and data_offsets");
    if (!value["dtype"].is_string()) bad("dtype must be a string");
    const std::string dtype_name = value["dtype"].get<std::string>();
    const auto known = std::find_if(std::begin(kStoredNames), std::end(kStoredNames),
                                    [&](const StoredName& one) { return dtype_name == one.text; });
    if (known == std::end(kStoredNames))
      bad(fmt::format("dtype must be F32, F64, I64, BOOL or U8, found {}", dtype_name));
    const std::vector<std::uint64_t> sizes = numbers(value["shape"], name, "shape");
    const std::vector<std::uint64_t> offsets = numbers(value["data_offsets"], name, "data_offsets");
    if (sizes.size() > kMaxRank) bad(fmt::format("at most {} axes, found {}", kMaxRank, sizes.size()));
    if (offsets.size() != 2 || offsets[0] > offsets[1]) bad("data_offsets must be [begin, end]");
    std::uint64_t bytes = size_of(known->dtype);
    for (std::uint64_t size : sizes)
      if (__builtin_mul_overflow(bytes, size, &bytes)) bad("the product of its shape overflows");
    if (offsets[1] - offsets[0] != bytes)
      bad(fmt::format("its shape takes {} bytes, data_offsets hold {}", bytes, offsets[1] - offsets[0]));
    Shape shape;
    for (std::uint64_t size : sizes) shape.push_back(static_cast<std::int64_t>(size));
    return {name, known->dtype, shape, offsets[0], offsets[1]};
  }
  std::vector<std::uint64_t> numbers(const json& list, const std::string& name, const char* what) const {
    std::vector<std::uint64_t> out;
    if (!list.is_array()) fail<FileError>("{}: tensor {}: {} must be a list", file_, name, what);
    for (const json& number : list) {
      if (!number.is_number_unsigned() || number.get<std::uint64_t>() > (std::uint64_t{1} << 62))
        fail<FileError>("{}: tensor {}: {} must hold whole numbers below 2^62, found {}", file_, name, what,
                        number.dump());
      out.push_back(number.get<std::uint64_t>());
    }
    return out;
  }
  std::string file_;
  std::vector<Entry> entries_;
};

}  // namespace

void write_safetensors(std::span<const Parameter> tensors, const std::filesystem::path& file) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  std::uint64_t at = 0;
  for (const Parameter& one : tensors) {
    if (header.contains(one.name) || one.name == "__metadata__")
      fail("save: the name {} stands for two tensors, or for none", one.name);
    const std::uint64_t bytes = static_cast<std::uint64_t>(one.tensor.size()) * size_of(one.tensor.dtype());
    header[one.name] = {{"dtype", stored_name(one.tensor.dtype())},
                        {"shape", std::vector<std::int64_t>(one.tensor.shape().begin(), one.tensor.shape().end())},
                        {"data_offsets", {at, at + bytes}}};
    at += bytes;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // the reference writer aligns the bytes that follow
  const std::uint64_t length = text.size();
  NewFile out(file);
  out.write(&length, sizeof length);
  out.write(text.data(), text.size());
  for (const Parameter& one : tensors)
    out.write(detail::packed(one.tensor).body().data,
              static_cast<std::size_t>(one.tensor.size()) * size_of(one.tensor.dtype()));
  out.finish();
}

std::vector<Parameter> read_safetensors(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) fail<FileError>("{}: can't open: {}", file.string(), std::strerror(errno));
  const std::streamoff end = in.tellg();
  if (end < 0) fail<FileError>("{}: can't read: not a regular file", file.string());
  const auto size = static_cast<std::uint64_t>(end);
  const auto read = [&](void* to, std::uint64_t count) {
    if (!in.read(static_cast<char*>(to), static_cast<std::streamsize>(count)))
      fail<FileError>("{}: can't read {} bytes", file.string(), count);
  };
  if (size < 8) fail<FileError>("{}: at least 8 bytes expected, found {}", file.string(), size);
  in.seekg(0);
  std::uint64_t length = 0;
  read(&length, sizeof length);
  if (length > kLargestHeader)
    fail<FileError>("{}: a header of at most {} bytes expected, found {}", file.string(), kLargestHeader, length);
  if (length > size - 8)
    fail<FileError>("{}: the header takes {} bytes, the file has {} more", file.string(), length, size - 8);
  std::string text(length, ' ');
  read(text.data(), length);
  const Header header(file, text, size - 8 - length);
  std::vector<Parameter> tensors;
  for (const Entry& entry : header.entries()) {
    Tensor x = Tensor::empty(entry.shape, entry.dtype);
    if (entry.end > entry.begin) read(x.body().data, entry.end - entry.begin);
    if (entry.dtype == boolean)
      for (std::int64_t i = 0; i < x.size(); ++i)
        if (std::to_integer<int>(x.body().data[i]) > 1)
          fail<FileError>("{}: tensor {}: a BOOL must be 0 or 1, found {}", file.string(), entry.name,
                          std::to_integer<int>(x.body().data[i]));
    tensors.push_back({entry.name, x});
  }
  return tensors;
}

}  // namespace retrograd::nn

void retrograd::detail::copy_parameters(std::span<const Parameter> from, std::span<const Parameter> into,
                                        const std::filesystem::path& file) {
  const auto find = [](std::span<const Parameter> list, const std::string& name) {
    return std::find_if(list.begin(), list.end(), [&](const Parameter& one) { return one.name == name; });
  };
  for (const Parameter& one : from)
    if (find(into, one.name) == into.end())
      fail<FileError>("{}: tensor {} is not a parameter of the model", file.string(), one.name);
  for (const Parameter& one : into) {
    const auto found = find(from, one.name);
    if (found == from.end()) fail<FileError>("{}: the model's parameter {} is missing", file.string(), one.name);
    if (!(found->tensor.shape() == one.tensor.shape()) || found->tensor.dtype() != one.tensor.dtype())
      fail<FileError>("{}: tensor {}: the model expects {} {}, found {} {}", file.string(), one.name,
                      one.tensor.dtype(), one.tensor.shape(), found->tensor.dtype(), found->tensor.shape());
    check_writable(one.tensor, "load");
  }
  for (const Parameter& one : into) {
    const Tensor& values = find(from, one.name)->tensor;
    std::memcpy(one.tensor.body().data, values.body().data,
                static_cast<std::size_t>(values.size()) * size_of(values.dtype()));
  }
}
