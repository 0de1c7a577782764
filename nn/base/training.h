// Training mode, and its randomness: a scope on this thread. Inside it dropout draws and normalization uses the batch
// and updates its running statistics; outside it nothing does, so evaluation needs no switch. Knows no layer.
#pragma once
#include <cstddef>

#include "../../core/base/call_context.h"
#include "../../core/base/random.h"

namespace retrograd::nn {

/// `nn::Training training{rng};` is training mode on this thread until the end of the scope. Scopes nest, and the
/// innermost gives the randomness. A checkpoint that is called inside it draws the same numbers when it is run again,
/// wherever that is, and updates no statistics a second time.
class [[nodiscard]] Training {
 public:
  /// The generator must outlive the scope; what layers draw moves it on.
  explicit Training(Rng& rng);
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;
  static void* operator new(std::size_t) = delete;
  static void* operator new[](std::size_t) = delete;

 private:
  detail::CallContextScope scope_;
};

/// The generator of the innermost training scope on this thread, or null outside any.
Rng* training();

/// True where a layer is to update its running statistics: in training, but not when a checkpoint runs it once more.
bool updates_statistics();

}  // namespace retrograd::nn
