// Training mode and its random generator, as a scope on this thread. Inside it, dropout is active and normalization
// uses the batch's statistics and updates its running ones; outside it, layers evaluate, so there is no switch to set.
// Does not depend on any layer.
#pragma once
#include <cstddef>

#include "../../core/base/call_context.h"
#include "../../core/base/random.h"

namespace retrograd::nn {

/// `nn::Training training{rng};` is training mode on this thread until the end of the scope. Scopes nest; the innermost
/// provides the generator. A checkpoint called inside the scope draws the same numbers when it is recomputed, on
/// whatever thread, and does not update statistics again.
class [[nodiscard]] Training {
 public:
  /// The generator must outlive the scope; layers advance it.
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

/// True where a layer should update its running statistics: in training, except while a checkpoint is recomputed.
bool updates_statistics();

}  // namespace retrograd::nn
