#include <cblas.h>

#include <atomic>
#include <memory>

#include "../paper/cases.h"
#include "../paper/jobs.h"
#include "contenders.h"

namespace retrograd::bench {
namespace {

using Values = std::vector<float>;

Values values(std::int64_t count) {
  Values out(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = 0.01f * static_cast<float>(i % 17) - 0.08f;
  return out;
}

struct Products {
  Products(const std::vector<std::int64_t>& widths, std::int64_t rows) : batch(static_cast<int>(rows)) {
    for (std::int64_t width : widths) {
      sizes.push_back(static_cast<int>(width));
      outputs.push_back(values(rows * width));
      cotangents.push_back(outputs.back());
    }
    for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
      weights.push_back(values(widths[l] * widths[l + 1]));
      gradients.push_back(weights.back());
    }
  }

  void forward() {
    for (std::size_t l = 0; l < weights.size(); ++l)
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, batch, sizes[l + 1], sizes[l], 1, outputs[l].data(),
                  sizes[l], weights[l].data(), sizes[l + 1], 0, outputs[l + 1].data(), sizes[l + 1]);
  }
  void step() {
    forward();
    for (std::size_t l = weights.size(); l-- > 0;) {
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, sizes[l], sizes[l + 1], batch, 1, outputs[l].data(),
                  sizes[l], cotangents[l + 1].data(), sizes[l + 1], 0, gradients[l].data(), sizes[l + 1]);
      if (l > 0)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, batch, sizes[l], sizes[l + 1], 1, cotangents[l + 1].data(),
                    sizes[l + 1], weights[l].data(), sizes[l + 1], 0, cotangents[l].data(), sizes[l]);
    }
  }

  int batch;
  std::vector<int> sizes;
  std::vector<Values> outputs, cotangents, weights, gradients;
};

}  // namespace

Repeat floor_of(const Training& work, std::int64_t steps, int threads) {
  return [products = std::make_shared<Products>(work.sizes, work.batch), steps, threads] {
    openblas_set_num_threads(threads);
    for (std::int64_t i = 0; i < steps; ++i) products->step();
    openblas_set_num_threads(1);  // as our engine sets it
  };
}

Repeat floor_of_cases(std::int64_t epochs, std::size_t jobs) {
  return [=] {
    openblas_set_num_threads(1);
    const std::atomic<bool> never{false};
    experiments::run_jobs(experiments::all_cases().size(), jobs, never, [&](std::size_t which) {
      // The longest jobs start first, as in the program.
      const auto sizes =
          experiments::layer_sizes(experiments::all_cases()[experiments::all_cases().size() - 1 - which]);
      Products training(sizes, 100), test(sizes, 10000);
      for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
        for (std::int64_t i = 0; i < 600; ++i) training.step();
        test.forward();
      }
    });
  };
}

}  // namespace retrograd::bench
