// MNIST, and Fashion-MNIST which has its format: where the four files are, and what must hold of them together. Images
// stay bytes, one row of 784 an image; labels are int64. Knows nothing of batches or of scaling pixels.
#pragma once
#include <string>

#include "data_error.h"
#include "dataset.h"

namespace retrograd::tools {

/// A training set and a test set; `auto [train, test] = load_mnist();`. Inputs are uint8 of shape (images, 784),
/// targets int64 of shape (images), 0 to 9.
struct MnistSets {
  Dataset train;  ///< 60,000 images as published
  Dataset test;   ///< 10,000 images as published
};

/// MNIST from `folder`, which holds the four idx files, plain or gzipped, as published or as torchvision and others lay
/// them out, or is empty or absent and is then filled. Files of the published sizes must have the published SHA-256.
/// Without a folder: $RETROGRAD_DATA_DIR/mnist, else ${XDG_CACHE_HOME:-~/.cache}/retrograd/mnist, fetched if need be.
/// FileError names a bad file, what was expected and what was found; DataError, also a FileError, says what is missing
/// and how to get it.
MnistSets load_mnist(const std::string& folder = {});

/// Fashion-MNIST likewise, but never fetched: without a folder it is looked for in $RETROGRAD_DATA_DIR/fashion-mnist,
/// the cache's retrograd/fashion-mnist, and where Debian's package dataset-fashion-mnist puts it.
MnistSets load_fashion_mnist(const std::string& folder = {});

}  // namespace retrograd::tools
