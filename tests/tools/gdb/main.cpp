// Tensors for gdb to look at, in a frame that it stops in.
#include <retrograd/retrograd.h>

#include <cstdio>

namespace rg = retrograd;

namespace {
struct Model {
  rg::Tensor weight = rg::tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.5}});
  static void fields(auto& self, auto&& visit) { visit("weight", self.weight); }
};
}  // namespace

__attribute__((noinline)) static void look(const rg::Tensor& x) { std::printf("%d\n", x.rank()); }

int main() {
  const Model model;
  rg::Tape tape;
  tape.watch(model);
  const rg::Tensor weight = model.weight, turned = rg::transpose(model.weight), nothing,
                   scalar = rg::tensor(0.25, rg::float64), numbers = rg::arange(20), mask = rg::tensor({true, false}),
                   pixels = rg::tensor({7, 255}, rg::uint8), none = rg::zeros({0, 3});
  const rg::Shape shape = weight.shape(), row{5}, point{};
  look(weight);
  look(turned);
  return static_cast<int>(nothing.defined()) + static_cast<int>(none.size()) + point.rank() + row.rank() - 1 +
         shape.rank() - 2;
}
