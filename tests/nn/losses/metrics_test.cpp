#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <functional>

namespace retrograd::tests {

namespace {

using nn::Average;

// scikit-learn's example of classification_report: true classes 0, 1, 2, 2, 2, predicted 0, 0, 2, 2, 1.
Tensor example() { return nn::confusion_matrix(one_hot(tensor({0, 0, 2, 2, 1}), 3), tensor({0, 1, 2, 2, 2})); }

void check_scores(const Tensor& found, const std::vector<double>& expected) {
  CHECK(found.dtype() == float64);
  CHECK(found.to_vector<double>() == expected);
}

}  // namespace

TEST_CASE("accuracy counts rows whose largest output is at the target") {
  const Tensor y = tensor({{0.1, 0.9}, {0.8, 0.2}, {0.3, 0.7}, {0.5, 0.4}});
  CHECK(nn::accuracy(y, tensor({1, 0, 0, 0})) == 0.75);
  CHECK(nn::accuracy(y, one_hot(tensor({1, 0, 0, 0}), 2)) == 0.75);
  CHECK_THROWS_AS(nn::accuracy(y, tensor({1, 0})), ShapeError);
  CHECK_THROWS_AS(nn::accuracy(ones({4}), tensor({1, 0, 0, 0})), ShapeError);
}

TEST_CASE("accuracy refuses targets of another number of classes") {
  CHECK_THROWS_AS(nn::accuracy(ones({2, 10}), ones({2, 3})), ShapeError);
}

TEST_CASE("accuracy takes one-hot rows of any dtype, and refuses outputs without rows") {
  CHECK(nn::accuracy(tensor({{1.f, 2.f}, {3.f, 0.f}}), tensor({{0, 1}, {0, 1}})) == 0.5);
  CHECK_THROWS_WITH_AS(nn::accuracy(zeros({0, 3}), zeros({0}, int64)), "accuracy: outputs (0, 3) have no rows",
                       ShapeError);
}

TEST_CASE("accuracy refuses classes that there are not") {
  CHECK_THROWS_WITH_AS(nn::accuracy(ones({2, 3}), tensor({0, 3})), "accuracy: class index 3 of row 1 is outside 0 … 2",
                       ShapeError);
  CHECK_THROWS_WITH_AS(nn::accuracy(ones({1, 3}), tensor({-1})), "accuracy: class index -1 of row 0 is outside 0 … 2",
                       ShapeError);
  CHECK_THROWS_AS(nn::accuracy(ones({0, 3}), zeros({0}, int64)), ShapeError);
}

TEST_CASE("top_k_accuracy counts rows whose target is among the k largest") {
  // scikit-learn's example of top_k_accuracy_score, and a row of ties, of which the first come first
  const Tensor y = tensor({{0.5, 0.2, 0.2}, {0.3, 0.4, 0.2}, {0.2, 0.4, 0.3}, {0.7, 0.2, 0.1}}),
               t = tensor({0, 1, 2, 2}), tied = ones({3, 3}), each = tensor({0, 1, 2});
  CHECK(nn::top_k_accuracy(y, t, 1) == nn::accuracy(y, t));
  CHECK(nn::top_k_accuracy(y, t, 2) == 0.75);
  CHECK(nn::top_k_accuracy(y, one_hot(t, 3), 2) == 0.75);
  CHECK(nn::top_k_accuracy(y, t, 3) == 1);
  CHECK(nn::top_k_accuracy(tied, each, 2) == doctest::Approx(2.0 / 3));
  for (std::int64_t k : {0, 4})
    CHECK_THROWS_WITH_AS(nn::top_k_accuracy(y, t, k),
                         fmt::format("top_k_accuracy: k must be in 1 … 3, the number of classes, got {}", k).c_str(),
                         ShapeError);
}

TEST_CASE("a confusion matrix counts true classes by rows and chosen ones by columns") {
  const Tensor matrix = example();
  CHECK(matrix.dtype() == int64);
  CHECK(array_equal(matrix, tensor({{1, 0, 0}, {1, 0, 0}, {0, 1, 2}})));
  CHECK(array_equal(matrix + matrix, 2 * matrix));
  CHECK_THROWS_WITH_AS(nn::confusion_matrix(ones({3}), tensor({0})),
                       "confusion_matrix: expects rows (N, K), got shape (3,)", ShapeError);
}

TEST_CASE("precision and recall and f1 are those of each class") {
  const Tensor matrix = example();
  check_scores(nn::precision(matrix), {0.5, 0, 1});
  check_scores(nn::recall(matrix), {1, 0, 2.0 / 3});
  check_scores(nn::f1(matrix), {2.0 / 3, 0, 0.8});
}

TEST_CASE("averages are over classes or over counts or weighted by support") {
  const Tensor matrix = example();
  const auto close = [](double value) { return doctest::Approx(value).epsilon(1e-15); };
  for (auto score : {static_cast<double (*)(const Tensor&, Average)>(nn::precision),
                     static_cast<double (*)(const Tensor&, Average)>(nn::recall),
                     static_cast<double (*)(const Tensor&, Average)>(nn::f1)})
    CHECK(score(matrix, Average::micro) == 0.6);
  CHECK(nn::precision(matrix, Average::macro) == 0.5);
  CHECK(nn::precision(matrix, Average::weighted) == close((0.5 + 0 + 3) / 5));
  CHECK(nn::recall(matrix, Average::macro) == close((1 + 2.0 / 3) / 3));
  CHECK(nn::recall(matrix, Average::weighted) == close((1 + 0 + 2.0) / 5));
  CHECK(nn::f1(matrix, Average::macro) == close((2.0 / 3 + 0.8) / 3));
  CHECK(nn::f1(matrix, Average::weighted) == close((2.0 / 3 + 3 * 0.8) / 5));
}

TEST_CASE("a score of a class that never comes is 0") {
  const Tensor matrix = tensor({{0, 0}, {0, 4}}), nothing = zeros({2, 2}, int64);
  check_scores(nn::precision(matrix), {0, 1});
  check_scores(nn::recall(matrix), {0, 1});
  check_scores(nn::f1(matrix), {0, 1});
  CHECK(nn::f1(matrix, Average::macro) == 0.5);
  CHECK(nn::f1(matrix, Average::weighted) == 1);
  for (Average average : {Average::macro, Average::micro, Average::weighted}) CHECK(nn::recall(nothing, average) == 0);
}

TEST_CASE("a classification report is a table") {
  CHECK(nn::classification_report(example(), {"cat", "dog", "a bird of passage"}) ==
        R"(                   precision  recall      f1  support
              cat     0.5000  1.0000  0.6667        1
              dog     0.0000  0.0000  0.0000        1
a bird of passage     1.0000  0.6667  0.8000        3
         accuracy                     0.6000        5
    macro average     0.5000  0.5556  0.4889        5
 weighted average     0.7000  0.6000  0.6133        5
)");
  CHECK(nn::classification_report(example()).find("               0     0.5000") != std::string::npos);
}

TEST_CASE("scores refuse what is no confusion matrix") {
  CHECK_THROWS_WITH_AS(nn::f1(zeros({2, 2})), "f1: the confusion matrix must be int64, got float32", DtypeError);
  CHECK_THROWS_WITH_AS(nn::recall(zeros({2, 3}, int64)),
                       "recall: the confusion matrix must be (K, K), got shape (2, 3)", ShapeError);
  CHECK_THROWS_WITH_AS(nn::precision(zeros({0, 0}, int64), Average::micro),
                       "precision: the confusion matrix must be (K, K), got shape (0, 0)", ShapeError);
  CHECK_THROWS_WITH_AS(nn::precision(tensor({{1, 0}, {-2, 0}})),
                       "precision: counts of the confusion matrix cannot be negative, got -2 at (1, 0)", Error);
  CHECK_THROWS_WITH_AS(nn::classification_report(example(), {"cat"}),
                       "classification_report: expected 3 names, one per class, got 1", ShapeError);
}

}  // namespace retrograd::tests
