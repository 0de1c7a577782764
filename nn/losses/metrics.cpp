#include "metrics.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "../../ops/reduction/reductions.h"
#include "../../ops/reduction/sorting.h"

namespace retrograd::nn {

namespace {

// The targets as class indices.
std::vector<std::int64_t> classes_of(const char* op, const Tensor& outputs, const Tensor& targets) {
  if (outputs.rank() != 2 || outputs.size(1) == 0)
    detail::fail<ShapeError>("{}: expects rows (N, K), got shape {}", op, outputs.shape());
  if (outputs.size(0) == 0) detail::fail<ShapeError>("{}: outputs {} have no rows", op, outputs.shape());
  if (targets.dtype() != int64 && !(targets.shape() == outputs.shape()))
    detail::fail<ShapeError>("{}: one-hot targets {} differ in shape from the outputs {}", op, targets.shape(),
                             outputs.shape());
  const std::int64_t rows = outputs.size(0), classes = outputs.size(1);
  const Tensor indices = targets.shape() == outputs.shape() ? argmax(targets, -1) : targets;
  if (!(indices.shape() == Shape{rows}))
    detail::fail<ShapeError>("{}: outputs {} and targets {} differ in the number of rows", op, outputs.shape(),
                             targets.shape());
  std::vector<std::int64_t> list = indices.to_vector<std::int64_t>();
  for (std::size_t n = 0; n < list.size(); ++n)
    if (list[n] < 0 || list[n] >= classes)
      detail::fail<ShapeError>("{}: class index {} of row {} is outside 0 … {}", op, list[n], n, classes - 1);
  return list;
}

// For each class: the numbers of true positives, of rows predicted as it, and of rows that belong to it.
struct Counts {
  std::vector<double> hits, taken, support;
  std::size_t classes() const { return hits.size(); }
};

Counts counts_of(const char* op, const Tensor& confusion) {
  if (confusion.dtype() != int64)
    detail::fail<DtypeError>("{}: the confusion matrix must be int64, got {}", op, confusion.dtype());
  if (confusion.rank() != 2 || confusion.size(0) != confusion.size(1) || confusion.size() == 0)
    detail::fail<ShapeError>("{}: the confusion matrix must be (K, K), got shape {}", op, confusion.shape());
  const std::vector<std::int64_t> matrix = confusion.to_vector<std::int64_t>();
  const auto size = static_cast<std::size_t>(confusion.size(0));
  Counts counts{std::vector<double>(size), std::vector<double>(size), std::vector<double>(size)};
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < size; ++j) {
      const std::int64_t count = matrix[i * size + j];
      if (count < 0)
        detail::fail("{}: counts of the confusion matrix cannot be negative, got {} at ({}, {})", op, count, i, j);
      counts.support[i] += static_cast<double>(count);
      counts.taken[j] += static_cast<double>(count);
      if (i == j) counts.hits[i] = static_cast<double>(count);
    }
  return counts;
}

double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

using Score = double (*)(double hits, double taken, double support);
double precision_score(double hits, double taken, double) { return ratio(hits, taken); }
double recall_score(double hits, double, double support) { return ratio(hits, support); }
double f1_score(double hits, double taken, double support) { return ratio(2 * hits, taken + support); }

std::vector<double> scores(const Counts& counts, Score score) {
  std::vector<double> each;
  for (std::size_t k = 0; k < counts.classes(); ++k)
    each.push_back(score(counts.hits[k], counts.taken[k], counts.support[k]));
  return each;
}

double total(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

double averaged(const Counts& counts, Score score, Average average) {
  const std::vector<double> each = scores(counts, score);
  switch (average) {
    case Average::micro:
      return score(total(counts.hits), total(counts.taken), total(counts.support));
    case Average::weighted:
      return ratio(std::inner_product(each.begin(), each.end(), counts.support.begin(), 0.0), total(counts.support));
    case Average::macro:
      break;
  }
  return total(each) / static_cast<double>(each.size());
}

Tensor per_class(const char* op, const Tensor& confusion, Score score) {
  const Counts counts = counts_of(op, confusion);
  return tensor(scores(counts, score), {confusion.size(0)}, float64);
}

}  // namespace

double accuracy(const Tensor& outputs, const Tensor& targets) {
  const NoTape compute_only;
  const std::vector<std::int64_t> right = classes_of("accuracy", outputs, targets),
                                  chosen = argmax(outputs, 1).to_vector<std::int64_t>();
  std::int64_t hits = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) hits += chosen[i] == right[i];
  return static_cast<double>(hits) / static_cast<double>(chosen.size());
}

double top_k_accuracy(const Tensor& outputs, const Tensor& targets, std::int64_t k) {
  const NoTape compute_only;
  const std::vector<std::int64_t> right = classes_of("top_k_accuracy", outputs, targets);
  if (k < 1 || k > outputs.size(1))
    detail::fail<ShapeError>("top_k_accuracy: k must be in 1 … {}, the number of classes, got {}", outputs.size(1), k);
  const std::vector<std::int64_t> largest = topk(outputs, k, 1).indices.to_vector<std::int64_t>();
  std::int64_t hits = 0;
  for (std::size_t n = 0; n < right.size(); ++n) {
    const auto first = largest.begin() + static_cast<std::ptrdiff_t>(n) * k;
    hits += std::find(first, first + k, right[n]) != first + k;
  }
  return static_cast<double>(hits) / static_cast<double>(right.size());
}

Tensor confusion_matrix(const Tensor& outputs, const Tensor& targets) {
  const NoTape compute_only;
  const std::vector<std::int64_t> right = classes_of("confusion_matrix", outputs, targets),
                                  chosen = argmax(outputs, 1).to_vector<std::int64_t>();
  const std::int64_t classes = outputs.size(1);
  std::vector<std::int64_t> counts(static_cast<std::size_t>(classes * classes));
  for (std::size_t n = 0; n < right.size(); ++n) ++counts[static_cast<std::size_t>(right[n] * classes + chosen[n])];
  return tensor(counts, {classes, classes});
}

Tensor precision(const Tensor& confusion) { return per_class("precision", confusion, precision_score); }
double precision(const Tensor& confusion, Average average) {
  return averaged(counts_of("precision", confusion), precision_score, average);
}

Tensor recall(const Tensor& confusion) { return per_class("recall", confusion, recall_score); }
double recall(const Tensor& confusion, Average average) {
  return averaged(counts_of("recall", confusion), recall_score, average);
}

Tensor f1(const Tensor& confusion) { return per_class("f1", confusion, f1_score); }
double f1(const Tensor& confusion, Average average) { return averaged(counts_of("f1", confusion), f1_score, average); }

std::string classification_report(const Tensor& confusion, const std::vector<std::string>& names) {
  const Counts counts = counts_of("classification_report", confusion);
  if (!names.empty() && names.size() != counts.classes())
    detail::fail<ShapeError>("classification_report: expected {} names, one per class, got {}", counts.classes(),
                             names.size());
  std::size_t width = std::string_view("weighted average").size();
  for (const std::string& name : names) width = std::max(width, name.size());

  std::string text = fmt::format("{:{}}  precision  recall      f1  support\n", "", width);
  const auto line = [&](std::string_view label, const auto& value_of, double support) {
    text += fmt::format("{:>{}}  {:9.4f}  {:6.4f}  {:6.4f}  {:7}\n", label, width, value_of(precision_score),
                        value_of(recall_score), value_of(f1_score), support);
  };
  for (std::size_t k = 0; k < counts.classes(); ++k)
    line(
        names.empty() ? std::to_string(k) : names[k],
        [&](Score score) { return score(counts.hits[k], counts.taken[k], counts.support[k]); }, counts.support[k]);
  const double rows = total(counts.support);
  text += fmt::format("{:>{}}  {:9}  {:6}  {:6.4f}  {:7}\n", "accuracy", width, "", "", ratio(total(counts.hits), rows),
                      rows);
  for (const auto& [label, average] :
       {std::pair{"macro average", Average::macro}, {"weighted average", Average::weighted}})
    line(
        label, [&, kind = average](Score score) { return averaged(counts, score, kind); }, rows);
  return text;
}

}  // namespace retrograd::nn
