#include <cblas.h>

#include <memory>

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
  Products(const Training& work, std::int64_t count) : steps(count), batch(static_cast<int>(work.batch)) {
    for (std::int64_t size : work.sizes) {
      sizes.push_back(static_cast<int>(size));
      outputs.push_back(values(work.batch * size));
      cotangents.push_back(outputs.back());
    }
    for (std::size_t l = 0; l + 1 < work.sizes.size(); ++l) {
      weights.push_back(values(work.sizes[l] * work.sizes[l + 1]));
      gradients.push_back(weights.back());
    }
  }

  void step() {
    const std::size_t layers = weights.size();
    for (std::size_t l = 0; l < layers; ++l)
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, batch, sizes[l + 1], sizes[l], 1, outputs[l].data(),
                  sizes[l], weights[l].data(), sizes[l + 1], 0, outputs[l + 1].data(), sizes[l + 1]);
    for (std::size_t l = layers; l-- > 0;) {
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, sizes[l], sizes[l + 1], batch, 1, outputs[l].data(),
                  sizes[l], cotangents[l + 1].data(), sizes[l + 1], 0, gradients[l].data(), sizes[l + 1]);
      if (l > 0)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, batch, sizes[l], sizes[l + 1], 1, cotangents[l + 1].data(),
                    sizes[l + 1], weights[l].data(), sizes[l + 1], 0, cotangents[l].data(), sizes[l]);
    }
  }

  std::int64_t steps;
  int batch;
  std::vector<int> sizes;
  std::vector<Values> outputs, cotangents, weights, gradients;
};

}  // namespace

Repeat floor_of(const Training& work, std::int64_t steps, int threads) {
  return [products = std::make_shared<Products>(work, steps), threads] {
    openblas_set_num_threads(threads);
    for (std::int64_t i = 0; i < products->steps; ++i) products->step();
    openblas_set_num_threads(1);  // as our engine wants it
  };
}

}  // namespace retrograd::bench
