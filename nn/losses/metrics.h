// How good a classifier is, counted over rows (N, K) of outputs, whose largest is the class chosen, and targets: int64
// class indices (N) or one-hot rows (N, K). Precision and the like are read from the confusion matrix, which adds up
// over batches. Measures are numbers, not losses: nothing here has a gradient.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// The fraction of rows whose largest output stands at the target's class. ShapeError where targets do not fit or there
/// are no rows, here and below.
double accuracy(const Tensor& outputs, const Tensor& targets);
/// The fraction of rows whose target's class is among the k largest outputs (of equal ones the first come first);
/// ShapeError unless 1 ≤ k ≤ K.
double top_k_accuracy(const Tensor& outputs, const Tensor& targets, std::int64_t k);
/// int64 (K, K): how many rows of each true class (the row) were taken for each class (the column).
Tensor confusion_matrix(const Tensor& outputs, const Tensor& targets);

/// How the numbers of K classes become one.
enum class Average {
  macro,    ///< their mean
  micro,    ///< of the counts of all classes together, which for rows with one class each is the accuracy
  weighted  ///< their mean, each class counted as often as it is true
};

/// Of the rows that were taken for a class, the fraction that is of it: for each class, float64 (K), from a confusion
/// matrix. 0 where there are none, here and below (0/0 is 0). ShapeError or Error where it is no matrix of counts.
Tensor precision(const Tensor& confusion);
/// The same as one number.
double precision(const Tensor& confusion, Average average);
/// Of the rows of a class, the fraction that was taken for it, likewise.
Tensor recall(const Tensor& confusion);
/// The same as one number.
double recall(const Tensor& confusion, Average average);
/// The harmonic mean of precision and recall, likewise.
Tensor f1(const Tensor& confusion);
/// The same as one number: of the classes' f1, not of averaged precision and recall.
double f1(const Tensor& confusion, Average average);

/// All of it as a table: a line for each class, named or by its number, with its precision, recall, f1 and number of
/// rows; then the accuracy and the averages. ShapeError where there is not one name for each class.
std::string classification_report(const Tensor& confusion, const std::vector<std::string>& names = {});

}  // namespace retrograd::nn
