// Losses that pull vectors together or push them apart, such as embeddings: each takes vectors as rows, float32 or
// float64, and has one loss per row.
#pragma once
#include "../../core/tensor/tensor.h"
#include "reduction.h"

namespace retrograd::nn {

/// The cosine of the angle between the vectors of a and b along one axis, which is removed: a·b/(‖a‖·‖b‖), with norms
/// clamped to at least epsilon (positive), so that the similarity to a zero vector is 0. a and b broadcast. As a loss
/// use 1 minus it.
Tensor cosine_similarity(const Tensor& a, const Tensor& b, int axis = -1, double epsilon = 1e-8);

/// The options of cosine_embedding.
struct CosineEmbeddingOptions {
  double margin = 0;                      ///< pairs with target −1 have no loss up to this similarity, −1 … 1
  Reduction reduction = Reduction::mean;  ///< how the rows' losses are reduced
};
/// The mean over rows of 1 − s where the target is 1 (similar vectors) and max(0, s − margin) where it is −1
/// (dissimilar ones), with s the cosine similarity of rows of a and b (N, D); the targets (N) have the same dtype.
Tensor cosine_embedding(const Tensor& a, const Tensor& b, const Tensor& targets,
                        const CosineEmbeddingOptions& options = {});

/// The options of triplet.
struct TripletOptions {
  double margin = 1;  ///< how much farther the negative must be than the positive; finite and not negative
  double p = 2;       ///< the exponent of the norm used as distance: 1, 2 or infinity
  Reduction reduction = Reduction::mean;  ///< how the rows' losses are reduced
};
/// The mean over rows of max(0, ‖a − p‖ − ‖a − n‖ + margin) for anchors a, positives p and negatives n of the same
/// shape (N, D) (F. Schroff et al. 2015). PyTorch adds 1e-6 to each difference; here the derivative of a distance of 0
/// is 0.
Tensor triplet(const Tensor& anchors, const Tensor& positives, const Tensor& negatives,
               const TripletOptions& options = {});

}  // namespace retrograd::nn
