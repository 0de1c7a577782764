#include "conclusions.h"

#include <fmt/core.h>

#include <cmath>
#include <functional>
#include <utility>

#include "table.h"
#include "wording.h"

namespace retrograd::experiments {
namespace {

constexpr double kClose = 0.01;  // accuracies within this distance count as close
constexpr double kMuch = 1.5;    // training takes "much longer" from this ratio on

/// Two cases that differ in one respect; the one that the paper favors first.
struct Pair {
  const Summary* first;
  const Summary* second;

  std::string names() const { return fmt::format("{} : {}", first->which->name, second->which->name); }
  std::string versus() const { return fmt::format("{} against {}", first->which->name, second->which->name); }
};

/// The answer of one pair to a claim.
enum class Answer { yes, no, level, unknown };

using Question = std::function<Answer(const Pair&)>;

std::vector<Pair> pairs(const std::vector<Summary>& summaries,
                        const std::function<const Case*(const Case&)>& counterpart) {
  const auto find = [&](const Case& which) -> const Summary* {
    for (const Summary& one : summaries) {
      if (*one.which == which && one.measured()) return &one;
    }
    return nullptr;
  };
  std::vector<Pair> found;
  for (const Case& which : all_cases()) {
    const Case* other = counterpart(which);
    if (!other) continue;
    const Pair pair{find(which), find(*other)};
    if (pair.first && pair.second) found.push_back(pair);
  }
  return found;
}

Claim judge(std::string text, const std::vector<Pair>& compared, const Question& question) {
  std::vector<std::string> against, level;
  std::size_t yes = 0, asked = 0;
  for (const Pair& pair : compared) {
    const Answer answer = question(pair);
    if (answer == Answer::unknown) continue;
    ++asked;
    if (answer == Answer::yes) ++yes;
    if (answer == Answer::no) against.push_back(pair.versus());
    if (answer == Answer::level) level.push_back(pair.versus());
  }
  Claim claim{std::move(text), Verdict::not_measured, ""};
  if (asked == 0) return claim;
  claim.verdict = yes == asked           ? Verdict::holds
                  : yes > 0              ? Verdict::holds_in_part
                  : level.size() < asked ? Verdict::does_not_hold
                                         : Verdict::undecided;
  const char* noun = asked == 1 ? "pair" : "pairs";
  if (claim.verdict == Verdict::undecided) {
    claim.evidence = fmt::format("too close to tell in {} of {} {}", asked, asked, noun);
    return claim;
  }
  claim.evidence = fmt::format("{} of {} {}", yes, asked, noun);
  if (!against.empty() && against.size() < asked) claim.evidence += fmt::format("; no: {}", joined(against, ", "));
  if (!level.empty()) claim.evidence += fmt::format("; too close to tell: {}", joined(level, ", "));
  return claim;
}

/// Two standard errors of a difference of two accuracies, each measured on this many images.
double noise(double a, double b, std::int64_t images) {
  return 2 * std::sqrt((a * (1 - a) + b * (1 - b)) / static_cast<double>(images));
}

Question more_accurate(std::int64_t images) {
  return [images](const Pair& pair) {
    const double a = pair.first->accuracy.mean, b = pair.second->accuracy.mean;
    if (std::abs(a - b) <= noise(a, b, images)) return Answer::level;
    return a > b ? Answer::yes : Answer::no;
  };
}

Answer smaller(double a, double b) { return a < b ? Answer::yes : a > b ? Answer::no : Answer::level; }

/// Reaching the level beats never reaching it; if neither case does, there is nothing to compare.
Answer sooner_at_95(const Pair& pair) {
  const auto& a = pair.first->epochs_to_95;
  const auto& b = pair.second->epochs_to_95;
  if (!a && !b) return Answer::unknown;
  if (!a || !b) return a ? Answer::yes : Answer::no;
  return smaller(*a, *b);
}

Answer sooner_at_final(const Pair& pair) { return smaller(pair.first->epochs_to_final, pair.second->epochs_to_final); }

Answer much_slower(const Pair& pair) {
  return pair.first->seconds.mean >= kMuch * pair.second->seconds.mean ? Answer::yes : Answer::no;
}

Answer smoother(const Pair& pair) {
  if (!pair.first->roughness || !pair.second->roughness) return Answer::unknown;
  return smaller(*pair.first->roughness, *pair.second->roughness);
}

Answer close_accuracy(const Pair& pair) {
  return std::abs(pair.first->accuracy.mean - pair.second->accuracy.mean) <= kClose ? Answer::yes : Answer::no;
}

std::string accuracies(const Pair& pair) {
  return fmt::format("{:.4f} : {:.4f}", pair.first->accuracy.mean, pair.second->accuracy.mean);
}

std::string epochs(const std::optional<double>& value) { return value ? fmt::format("{:.3g}", *value) : "never"; }

std::string rough(const std::optional<double>& value) { return value ? fmt::format("{:.5f}", *value) : "–"; }

using Rows = std::vector<std::vector<std::string>>;

Conclusion relu_against_sigmoid(const std::vector<Summary>& summaries, std::int64_t images) {
  const auto compared = pairs(summaries, [](const Case& which) {
    return which.activation == Activation::relu ? &sibling(which.hidden_layers, Activation::sigmoid, which.loss)
                                                : nullptr;
  });
  Rows rows{{"ReLU : sigmoid", "test accuracy", "epochs to 0.95", "epochs to 99 % of the last"}};
  for (const Pair& pair : compared) {
    rows.push_back({pair.names(), accuracies(pair),
                    fmt::format("{} : {}", epochs(pair.first->epochs_to_95), epochs(pair.second->epochs_to_95)),
                    fmt::format("{:.3g} : {:.3g}", pair.first->epochs_to_final, pair.second->epochs_to_final)});
  }
  return {"3.3.1 ReLU against sigmoid",
          "ReLU gives the higher test accuracy and converges faster.",
          std::move(rows),
          {judge("ReLU has the higher test accuracy", compared, more_accurate(images)),
           judge("ReLU gets to a test accuracy of 0.95 in fewer epochs", compared, sooner_at_95),
           judge("ReLU gets to 99 % of its own last accuracy in fewer epochs", compared, sooner_at_final)}};
}

Conclusion two_layers_against_one(const std::vector<Summary>& summaries, std::int64_t images) {
  const auto compared = pairs(summaries, [](const Case& which) {
    return which.hidden_layers == 2 ? &sibling(1, which.activation, which.loss) : nullptr;
  });
  Rows rows{{"two layers : one", "test accuracy", "seconds", "train less test accuracy"}};
  for (const Pair& pair : compared) {
    const double two = pair.first->seconds.mean, one = pair.second->seconds.mean;
    rows.push_back({pair.names(), accuracies(pair), fmt::format("{:.1f} : {:.1f} = {:.2f}", two, one, two / one),
                    fmt::format("{:.4f} : {:.4f}", pair.first->gap, pair.second->gap)});
  }
  return {"3.3.2 Two hidden layers against one",
          "two hidden layers give the higher test accuracy; training takes much longer and may overfit.",
          std::move(rows),
          {judge("two hidden layers have the higher test accuracy", compared, more_accurate(images)),
           judge(fmt::format("two hidden layers take much longer ({} times or more)", kMuch), compared, much_slower),
           judge("two hidden layers overfit more: train accuracy lies further above test accuracy", compared,
                 [](const Pair& pair) { return smaller(pair.second->gap, pair.first->gap); })}};
}

Conclusion euclidean_against_cross_entropy(const std::vector<Summary>& summaries) {
  const auto compared = pairs(summaries, [](const Case& which) {
    return which.loss == Loss::cross_entropy ? &sibling(which.hidden_layers, which.activation, Loss::euclidean)
                                             : nullptr;
  });
  Rows rows{{"cross-entropy : Euclidean", "test accuracy", "roughness"}};
  for (const Pair& pair : compared) {
    rows.push_back({pair.names(), accuracies(pair),
                    fmt::format("{} : {}", rough(pair.first->roughness), rough(pair.second->roughness))});
  }
  return {"3.3.3 Euclidean loss against softmax cross-entropy",
          "softmax cross-entropy is smoother; the test accuracies are close.",
          std::move(rows),
          {judge("the test accuracy under cross-entropy is the smoother curve", compared, smoother),
           judge(fmt::format("the test accuracies are close (within {})", kClose), compared, close_accuracy)}};
}

}  // namespace

std::vector<Conclusion> reexamine(const std::vector<Summary>& summaries, std::int64_t test_images) {
  return {relu_against_sigmoid(summaries, test_images), two_layers_against_one(summaries, test_images),
          euclidean_against_cross_entropy(summaries)};
}

std::string conclusions_text(const std::vector<Conclusion>& conclusions) {
  std::string text = "## The paper's conclusions, from the numbers of this run\n";
  bool measured = false;
  for (const Conclusion& one : conclusions) {
    text += fmt::format("\n### {}\n\nThe paper: {}\n\n", one.title, one.paper);
    if (one.numbers.size() > 1) {
      text += markdown_table(one.numbers, 1) + "\n";
      measured = true;
    }
    for (const Claim& claim : one.claims) {
      text += fmt::format("- {}: **{}**{}.\n", claim.text, name_of(claim.verdict),
                          claim.evidence.empty() ? "" : " (" + claim.evidence + ")");
    }
  }
  if (measured) {
    text +=
        "\nToo close to tell: a difference within two standard errors, given the size of the test set. Roughness: the "
        "standard\ndeviation of the test accuracy's changes from epoch to epoch, over the last half of the epochs.\n";
  }
  return text;
}

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::holds_in_part:
      return "holds in part";
    case Verdict::undecided:
      return "undecided";
    case Verdict::does_not_hold:
      return "does not hold";
    case Verdict::not_measured:
      break;
  }
  return "not measured";
}

}  // namespace retrograd::experiments
