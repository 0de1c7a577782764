#include "losses.h"

#include "../base/total.h"

namespace retrograd::detail {

namespace {

template <class T>
T scale_of(const void* s, double n) {
  return *static_cast<const T*>(s) / static_cast<T>(n);
}

template <class T>
void residual(const void* a, const void* targets, const void* s, double n, void* r, std::int64_t first,
              std::int64_t last) {
  const T *x = static_cast<const T*>(a), *target = static_cast<const T*>(targets);
  T* to = static_cast<T*>(r);
  const T scale = scale_of<T>(s, n);
  for (std::int64_t i = first; i < last; ++i) to[i] = (x[i] - target[i]) * scale;
}

template <class T>
void residual_of_indices(const void* a, const std::int64_t* indices, const void* s, double n, void* r,
                         std::int64_t columns, std::int64_t first, std::int64_t last) {
  const T* x = static_cast<const T*>(a);
  T* to = static_cast<T*>(r);
  const T scale = scale_of<T>(s, n);
  for (std::int64_t i = first * columns; i < last * columns; ++i) to[i] = x[i] * scale;
  for (std::int64_t row = first; row < last; ++row) {
    const std::int64_t at = row * columns + indices[row];
    to[at] = (x[at] - 1) * scale;
  }
}

template <class T>
double cross_entropy(const void* x_rows, const void* targets, const double* log_sums, std::int64_t rows,
                     std::int64_t columns) {
  const T *x = static_cast<const T*>(x_rows), *target = static_cast<const T*>(targets);
  Total<T> total;
  for (std::int64_t n = 0; n < rows; ++n, x += columns, target += columns)
    for (std::int64_t k = 0; k < columns; ++k) {
      const double share = static_cast<double>(target[k]);
      if (share != 0) total.add(share * (log_sums[n] - static_cast<double>(x[k])));
    }
  return total.value();
}

template <class T>
double cross_entropy_of_indices(const void* x_rows, const std::int64_t* indices, const double* log_sums,
                                std::int64_t rows, std::int64_t columns) {
  const T* x = static_cast<const T*>(x_rows);
  Total<T> total;
  for (std::int64_t n = 0; n < rows; ++n, x += columns) total.add(log_sums[n] - static_cast<double>(x[indices[n]]));
  return total.value();
}

template <class T>
double squared_distance(const void* y, const void* targets, std::int64_t rows, std::int64_t columns) {
  const T *value = static_cast<const T*>(y), *target = static_cast<const T*>(targets);
  Total<T> total;
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    const double difference = static_cast<double>(value[i]) - static_cast<double>(target[i]);
    total.add(difference * difference);
  }
  return total.value();
}

template <class T>
double squared_distance_of_indices(const void* y, const std::int64_t* indices, std::int64_t rows,
                                   std::int64_t columns) {
  const T* value = static_cast<const T*>(y);
  Total<T> total;
  for (std::int64_t row = 0; row < rows; ++row, value += columns)
    for (std::int64_t k = 0; k < columns; ++k) {
      const double difference = static_cast<double>(value[k]) - (indices[row] == k ? 1.0 : 0.0);
      total.add(difference * difference);
    }
  return total.value();
}

constexpr LossKernels kTable = {
    .residual = floats(residual<float>, residual<double>),
    .residual_of_indices = floats(residual_of_indices<float>, residual_of_indices<double>),
    .cross_entropy = floats(cross_entropy<float>, cross_entropy<double>),
    .cross_entropy_of_indices = floats(cross_entropy_of_indices<float>, cross_entropy_of_indices<double>),
    .squared_distance = floats(squared_distance<float>, squared_distance<double>),
    .squared_distance_of_indices = floats(squared_distance_of_indices<float>, squared_distance_of_indices<double>),
};

}  // namespace

const LossKernels& loss_kernels() { return kTable; }

}  // namespace retrograd::detail
