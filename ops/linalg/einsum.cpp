#include "einsum.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../reduction/reductions.h"
#include "../shape/views.h"
#include "matmul.h"
#include "matrices.h"

namespace retrograd {

namespace {

// An axis of an operand: a letter, or an axis of "..." as −1, −2, … counted from the right, for broadcasting.
using Label = int;
using Labels = std::vector<Label>;

bool has(const Labels& labels, Label label) { return std::find(labels.begin(), labels.end(), label) != labels.end(); }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string name_of(Label label) {
  return label < 0 ? fmt::format("axis {} of '...'", label) : fmt::format("'{}'", static_cast<char>(label));
}

// The parts of "ij,jk->ik", without spaces.
struct Subscripts {
  std::vector<std::string> operands;
  std::string result;
  bool has_result = false;
};
Subscripts parse(std::string_view text) {
  Subscripts out;
  std::string all;
  for (char c : text)
    if (c != ' ') all.push_back(c);
  if (const std::size_t arrow = all.find("->"); arrow != std::string::npos) {
    out.result = all.substr(arrow + 2);
    out.has_result = true;
    all.resize(arrow);
  }
  for (std::size_t begin = 0;;) {
    const std::size_t comma = all.find(',', begin);
    out.operands.push_back(all.substr(begin, comma - begin));
    if (comma == std::string::npos) break;
    begin = comma + 1;
  }
  return out;
}

// The labels of one part, with "..." expanded to `further` axes.
Labels labels_of(const std::string& part, int further) {
  Labels labels;
  bool seen = false;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part.compare(i, 3, "...") == 0 && !seen) {
      for (Label label = -further; label < 0; ++label) labels.push_back(label);
      seen = true;
      i += 2;
    } else if (is_letter(part[i])) {
      labels.push_back(part[i]);
    } else {
      detail::fail("einsum: cannot parse '{}' in \"{}\"", part[i], part);
    }
  }
  return labels;
}
bool has_dots(const std::string& part) { return part.find("...") != std::string::npos; }

// A tensor with one distinct label per axis.
struct Term {
  Tensor x;
  Labels labels;

  std::int64_t size(Label label) const {
    return x.shape()[static_cast<int>(std::find(labels.begin(), labels.end(), label) - labels.begin())];
  }
  // Takes the diagonal of axes with the same label.
  void take_diagonals(std::size_t operand) {
    for (std::size_t p = 0; p < labels.size(); ++p)
      for (std::size_t q = labels.size(); q-- > p + 1;) {
        if (labels[q] != labels[p]) continue;
        const std::int64_t one = x.shape()[static_cast<int>(p)], other = x.shape()[static_cast<int>(q)];
        if (one != other)
          detail::fail<ShapeError>("einsum: {} has sizes {} and {} in operand {} {}", name_of(labels[p]), one, other,
                                   operand, x.shape());
        x = moveaxis(diagonal(x, 0, static_cast<int>(p), static_cast<int>(q)), -1, static_cast<int>(p));
        labels.erase(labels.begin() + static_cast<std::ptrdiff_t>(q));
      }
  }
  // Sums over the labels for which goes(label) is true.
  template <class F>
  void sum_over(F goes) {
    Shape folded = x.shape(), left;
    Labels kept;
    for (std::size_t axis = 0; axis < labels.size(); ++axis) {
      if (goes(labels[axis])) {
        folded[static_cast<int>(axis)] = 1;
      } else {
        kept.push_back(labels[axis]);
        left.push_back(x.shape()[static_cast<int>(axis)]);
      }
    }
    if (kept.size() == labels.size()) return;
    x = reshape(folded == x.shape() ? x : sum_to(x, folded), left);
    labels = kept;
  }
  // Permutes the axes into the order of these labels, which must be the term's own.
  void order_by(const Labels& wanted) {
    if (labels == wanted) return;
    std::array<int, kMaxRank> order{};
    for (std::size_t i = 0; i < wanted.size(); ++i)
      order[i] = static_cast<int>(std::find(labels.begin(), labels.end(), wanted[i]) - labels.begin());
    x = transpose(x, std::span<const int>(order).first(wanted.size()));
    labels = wanted;
  }
};

// The labels of a contraction: those in both terms that are kept, those only in the left or the right term, and those
// summed over.
struct Roles {
  Labels batch, left, right, inner;
};

Labels joined(std::initializer_list<const Labels*> parts) {
  Labels all;
  for (const Labels* part : parts) all.insert(all.end(), part->begin(), part->end());
  return all;
}

// The term with the labels of each group merged into one axis.
Tensor grouped(Term term, std::initializer_list<const Labels*> groups) {
  Shape shape;
  for (const Labels* group : groups) {
    std::int64_t size = 1;
    for (Label label : *group) size *= term.size(label);
    shape.push_back(size);
  }
  term.order_by(joined(groups));
  return term.x.shape() == shape ? term.x : reshape(term.x, shape);
}

// Σ left·right over the labels that neither the result nor a later operand has.
template <class F>
Term contract(Term a, Term b, F stays) {
  a.sum_over([&](Label label) { return !stays(label) && !has(b.labels, label); });
  b.sum_over([&](Label label) { return !stays(label) && !has(a.labels, label); });
  Roles roles;
  for (Label label : a.labels)
    (!has(b.labels, label) ? roles.left : stays(label) ? roles.batch : roles.inner).push_back(label);
  for (Label label : b.labels)
    if (!has(a.labels, label)) roles.right.push_back(label);

  Term out;
  out.labels = joined({&roles.batch, &roles.left, &roles.right});
  if (out.labels.size() > static_cast<std::size_t>(kMaxRank))
    detail::fail<ShapeError>("einsum: a product of two operands has {} axes, at most {} are possible",
                             out.labels.size(), kMaxRank);
  Shape shape;
  for (Label label : out.labels) shape.push_back(has(a.labels, label) ? a.size(label) : b.size(label));
  const Labels none;
  if (roles.inner.empty())
    out.x =
        grouped(a, {&roles.batch, &roles.left, &roles.inner}) * grouped(b, {&roles.batch, &roles.inner, &roles.right});
  else if (!is_floating(a.x.dtype()))
    out.x = sum(grouped(a, {&roles.batch, &roles.left, &roles.inner, &none}) *
                    grouped(b, {&roles.batch, &none, &roles.inner, &roles.right}),
                2);
  else if (roles.batch.empty())
    out.x = matmul(grouped(a, {&roles.left, &roles.inner}), grouped(b, {&roles.inner, &roles.right}));
  else
    out.x = matmul(grouped(a, {&roles.batch, &roles.left, &roles.inner}),
                   grouped(b, {&roles.batch, &roles.inner, &roles.right}));
  if (!(out.x.shape() == shape)) out.x = reshape(out.x, shape);
  return out;
}

// The operands with their labels, each unique within an operand.
std::vector<Term> terms_of(const Subscripts& subscripts, std::span<const Tensor> operands) {
  std::vector<Term> terms;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const std::string& part = subscripts.operands[i];
    const int letters = static_cast<int>(labels_of(part, 0).size()), further = operands[i].rank() - letters;
    if (further < 0 || (further > 0 && !has_dots(part)))
      detail::fail<ShapeError>("einsum: \"{}\" does not fit operand {} {}", part, i, operands[i].shape());
    terms.push_back({operands[i], labels_of(part, further)});
    terms.back().take_diagonals(i);
  }
  return terms;
}

// Checks that sizes agree, and removes axes of size 1 that broadcast to longer ones: they do not affect the result.
void broadcast_sizes(std::vector<Term>& terms) {
  struct Extent {
    Label label;
    std::int64_t size;
    std::size_t operand;
  };
  std::vector<Extent> extents;
  const auto extent_of = [&](Label label) {
    return std::find_if(extents.begin(), extents.end(), [&](const Extent& e) { return e.label == label; });
  };
  for (std::size_t i = 0; i < terms.size(); ++i)
    for (Label label : terms[i].labels) {
      const Extent here{label, terms[i].size(label), i};
      const auto known = extent_of(label);
      if (known == extents.end())
        extents.push_back(here);
      else if (known->size == 1)
        *known = here;
      else if (here.size != known->size && here.size != 1)
        detail::fail<ShapeError>("einsum: sizes of {} differ: {} in operand {}, {} in operand {}", name_of(label),
                                 known->size, known->operand, here.size, i);
    }
  for (Term& term : terms)
    term.sum_over([&](Label label) { return term.size(label) == 1 && extent_of(label)->size != 1; });
}

Labels result_labels(const Subscripts& subscripts, const std::vector<Term>& terms, int further) {
  if (!subscripts.has_result) {
    Labels letters = labels_of("...", further);
    for (char c = 'A'; c <= 'z'; ++c) {
      std::ptrdiff_t times = 0;
      for (const std::string& part : subscripts.operands) times += std::count(part.begin(), part.end(), c);
      if (is_letter(c) && times == 1) letters.push_back(c);
    }
    return letters;
  }
  if (further > 0 && !has_dots(subscripts.result))
    detail::fail("einsum: the result \"{}\" lacks the '...' of the operands", subscripts.result);
  const Labels labels = labels_of(subscripts.result, further);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (std::find(labels.begin(), labels.begin() + static_cast<std::ptrdiff_t>(i), labels[i]) !=
        labels.begin() + static_cast<std::ptrdiff_t>(i))
      detail::fail("einsum: {} appears twice in the result \"{}\"", name_of(labels[i]), subscripts.result);
    if (std::none_of(terms.begin(), terms.end(), [&](const Term& term) { return has(term.labels, labels[i]); }))
      detail::fail("einsum: {} of the result \"{}\" appears in no operand", name_of(labels[i]), subscripts.result);
  }
  return labels;
}

}  // namespace

Tensor einsum(std::string_view text, std::span<const Tensor> operands) {
  const Subscripts subscripts = parse(text);
  if (operands.empty() || subscripts.operands.size() != operands.size())
    detail::fail("einsum: \"{}\" names {} operands, got {}", text, subscripts.operands.size(), operands.size());
  for (const Tensor& x : operands) {
    detail::check_dtypes("einsum", operands[0], x);
    if (!is_floating(x.dtype()) && x.dtype() != int64)
      detail::fail<DtypeError>("einsum: expects float32, float64 or int64, got {}", x.dtype());
  }
  std::vector<Term> terms = terms_of(subscripts, operands);
  int further = 0;
  for (const Term& term : terms)
    for (Label label : term.labels) further = std::max(further, -label);
  broadcast_sizes(terms);
  const Labels result = result_labels(subscripts, terms, further);

  Term product = terms[0];
  for (std::size_t i = 1; i < terms.size(); ++i)
    product = contract(product, terms[i], [&](Label label) {
      return has(result, label) || std::any_of(terms.begin() + static_cast<std::ptrdiff_t>(i) + 1, terms.end(),
                                               [&](const Term& later) { return has(later.labels, label); });
    });
  product.sum_over([&](Label label) { return !has(result, label); });
  product.order_by(result);
  return product.x.body().base == operands[0].body().base ? detail::copied(product.x) : product.x;
}

}  // namespace retrograd
