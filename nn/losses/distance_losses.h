// Losses of vectors that are to be near each other or apart, as embeddings are: each takes vectors as rows, float32 or
// float64, and has one loss a row.
#pragma once
#include "../../core/tensor/tensor.h"
#include "reduction.h"

namespace retrograd::nn {

/// The cosine of the angle between the vectors of a and b along one axis, which vanishes: a·b/(‖a‖·‖b‖), with norms of
/// at least epsilon (above 0), so that the zero vector has 0 with all. a and b broadcast. Its loss is 1 minus it.
Tensor cosine_similarity(const Tensor& a, const Tensor& b, int axis = -1, double epsilon = 1e-8);

/// What cosine_embedding asks of vectors that do not belong together.
struct CosineEmbeddingOptions {
  double margin = 0;                      ///< the similarity up to which they cost nothing, in −1 … 1
  Reduction reduction = Reduction::mean;  ///< what is returned of the rows' losses
};
/// The mean over rows of 1 − s where the target is 1 (the vectors belong together) and max(0, s − margin) where it is
/// −1, with s the cosine similarity of rows of a and b (N, D); the targets (N) have their dtype.
Tensor cosine_embedding(const Tensor& a, const Tensor& b, const Tensor& targets,
                        const CosineEmbeddingOptions& options = {});

/// What triplet measures by.
struct TripletOptions {
  double margin = 1;  ///< how much farther the negative is to be than the positive; finite and not negative
  double p = 2;       ///< of the norm that is the distance: 1, 2 or infinity
  Reduction reduction = Reduction::mean;  ///< what is returned of the rows' losses
};
/// The mean over rows of max(0, ‖a − p‖ − ‖a − n‖ + margin) for anchors a, positives p and negatives n of one shape
/// (N, D) (F. Schroff et al. 2015). PyTorch adds 1e-6 to each difference; here the derivative of a distance of 0 is 0.
Tensor triplet(const Tensor& anchors, const Tensor& positives, const Tensor& negatives,
               const TripletOptions& options = {});

}  // namespace retrograd::nn
