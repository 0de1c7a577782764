// MNIST, and Fashion-MNIST, which has the same format: finds the four files and checks that they are consistent. Images
// are kept as bytes, one row of 784 per image; labels are int64. Does not depend on batches or on the scaling of
// pixels.
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

/// Loads MNIST from `folder`, which holds the four idx files, plain or gzipped, in the layout of the publisher,
/// torchvision or others; an empty or absent folder is filled first. Files of the published sizes must have the
/// published SHA-256. Without an argument: $RETROGRAD_DATA_DIR/mnist, else ${XDG_CACHE_HOME:-~/.cache}/retrograd/mnist,
/// fetched if needed. FileError names a bad file, the expected and the found value; DataError, also a FileError, says
/// what is missing and how to get it.
MnistSets load_mnist(const std::string& folder = {});

/// Loads Fashion-MNIST likewise, but never fetches it: without an argument the folders are
/// $RETROGRAD_DATA_DIR/fashion-mnist, retrograd/fashion-mnist in the cache, and that of Debian's package
/// dataset-fashion-mnist.
MnistSets load_fashion_mnist(const std::string& folder = {});

}  // namespace retrograd::tools
