// A product of OpenBLAS with nothing of ours beside it: where valgrind cannot run this, the machine is the reason.
#include <cblas.h>

#include <cstdio>
#include <vector>

int main() {
  constexpr int kSize = 64;
  const std::vector<float> a(kSize * kSize, 0.5f);
  std::vector<float> c(kSize * kSize);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, kSize, kSize, kSize, 1, a.data(), kSize, a.data(), kSize, 0,
              c.data(), kSize);
  std::printf("%g\n", static_cast<double>(c[0]));
  return c[0] == 16 ? 0 : 1;
}
