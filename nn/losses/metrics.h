// Classification metrics over rows (N, K) of outputs, of which the largest is the predicted class, and targets: int64
// class indices (N) or one-hot rows (N, K). Precision and the like are computed from the confusion matrix, which can be
// summed over batches. Metrics are numbers, not losses: nothing here has a gradient.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// The fraction of rows whose largest output is at the target's class. ShapeError, here and below, where targets do not
/// fit or there are no rows.
double accuracy(const Tensor& outputs, const Tensor& targets);
/// The fraction of rows whose target class is among the k largest outputs (among equal outputs the first ones count);
/// ShapeError unless 1 ≤ k ≤ K.
double top_k_accuracy(const Tensor& outputs, const Tensor& targets, std::int64_t k);
/// int64 (K, K): the number of rows of each true class (the row) that were predicted as each class (the column).
Tensor confusion_matrix(const Tensor& outputs, const Tensor& targets);

/// How the scores of K classes are averaged.
enum class Average {
  macro,    ///< their mean
  micro,    ///< computed from the summed counts of all classes; with one class per row this is the accuracy
  weighted  ///< their mean, weighted by the number of rows of each class
};

/// The fraction of the rows predicted as a class that belong to it: for each class, float64 (K), from a confusion
/// matrix. 0 where there are none, here and below (0/0 is 0). ShapeError or Error where the argument is not a matrix of
/// counts.
Tensor precision(const Tensor& confusion);
/// Averaged over the classes.
double precision(const Tensor& confusion, Average average);
/// The fraction of the rows of a class that were predicted as it, likewise.
Tensor recall(const Tensor& confusion);
/// Averaged over the classes.
double recall(const Tensor& confusion, Average average);
/// The harmonic mean of precision and recall, likewise.
Tensor f1(const Tensor& confusion);
/// Averaged over the classes; not computed from averaged precision and recall.
double f1(const Tensor& confusion, Average average);

/// A table of all of these: a line for each class, with its name or number, precision, recall, f1 and number of rows;
/// then the accuracy and the averages. ShapeError unless there is one name for each class, or none.
std::string classification_report(const Tensor& confusion, const std::vector<std::string>& names = {});

}  // namespace retrograd::nn
