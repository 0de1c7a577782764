// Does not compile: what writes a model's tensors says in its own words that the model must not be const.
#include <retrograd/retrograd.h>

namespace rg = retrograd;

void call(const rg::nn::Linear& model, const rg::Gradients& gradients) {
#if defined(CALL_step)
  rg::optim::Optimizer{rg::optim::Sgd{}}.step(model, gradients);
#elif defined(CALL_minimize)
  rg::optim::minimize([](const auto& m) { return rg::sum(m.weight); }, model);
#elif defined(CALL_soft_update)
  rg::optim::soft_update(model, model, 0.5);
#elif defined(CALL_copy_into)
  rg::copy_into(model, model);
#endif
}
