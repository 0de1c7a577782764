// That nothing escapes the op table: every op name that the sources record is recorded while the rows run, and every
// function that a public header of the ops declares has a row.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "op_table.h"

namespace retrograd::tests {

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

template <class F>
void for_each_source(const std::vector<std::string>& folders, const std::string& ending, F f) {
  for (const std::string& folder : folders)
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(RETROGRAD_SOURCE_DIR) / folder))
      if (entry.path().extension() == ending) f(entry.path().filename().string(), text_of(entry.path()));
}

std::set<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) found.insert((*at)[1]);
  return found;
}

class Names final : public detail::Observer {
 public:
  std::set<std::string> seen;

 private:
  void recorded(detail::Log& log, std::uint32_t node, const Tensor&, std::span<const Tensor* const>) override {
    seen.insert(log.nodes[node].op);
  }
};

// What the rows record, to the third order, and squared, so that cotangents are variables too: a rule's ops have rules
// of their own.
std::set<std::string> recorded_by_rows() {
  const Names names;
  for (OverrideMode mode : {OverrideMode::fused, OverrideMode::composed}) {
    const OverrideScope scope{mode};
    for (const Row& row : op_table()) {
      for (const Sample& sample : row.samples) {
        bool empty = false;
        for (const Shape& shape : sample.shapes) empty = empty || shape.size() == 0;
        if (empty) continue;
        const auto f = [&](const auto&... x) { return square(row.op({x...})); };
        if (row.order == 0) {
          Tape tape;
          const Tensors inputs = draw(sample);
          for (const Tensor& x : inputs) tape.watch(x);
          static_cast<void>(row.op(inputs));
        } else {
          static_cast<void>(tools::gradcheck(f, draw(sample), {.order = row.order, .whole_jacobian = 0}));
        }
      }
    }
  }
  return names.seen;
}

}  // namespace

TEST_CASE("every op that the sources record is recorded while the table runs") {
  const std::set<std::string> seen = recorded_by_rows();
  const std::regex recording(
      R"re(\b(?:record|record_joint|append_node|push_node|window|place)\(\s*(?:log,\s*)?"([^"]+)")re");
  // What is watched is no op, and transforms record functions of the caller's.
  const std::set<std::string> no_ops = {"watch", "checkpoint", "joined", "register_hook"};
  int ops = 0;
  const auto check = [&](const std::string& file, const std::string& text) {
    CAPTURE(file);
    for (const std::string& op : matches(text, recording)) {
      if (no_ops.contains(op)) continue;
      ++ops;
      CHECK_MESSAGE(seen.contains(op), op, " is recorded, but by no row of the op table");
    }
  };
  for (const char* ending : {".cpp", ".h"}) for_each_source({"core", "ops", "nn"}, ending, check);
  CHECK(ops > 90);
}

TEST_CASE("every public op has a row") {
  std::set<std::string> rows;
  for (const Row& row : op_table()) rows.insert(row.name.substr(0, row.name.find('(')));
  const std::set<std::string> elsewhere = {"one_hot"};  // checked by test cases of its own, as aliases are
  const std::regex declaration(R"re((?:^|\n)(?:inline )?(?:\[\[nodiscard\]\] )?Tensor (\w+)\()re");
  const auto check = [&](const std::string& file, const std::string& text) {
    CAPTURE(file);
    if (file == "aliases.h") return;
    if (std::regex_search(text, std::regex("Not a public\\s+(// )?header"))) return;
    const std::string open = text.substr(0, text.find("namespace detail {"));
    for (const std::string& op : matches(open, declaration))
      if (op != "operator" && !elsewhere.contains(op)) CHECK_MESSAGE(rows.contains(op), op, " has no row");
  };
  for_each_source({"ops"}, ".h", check);
  check("tape_ops.h", text_of(std::filesystem::path(RETROGRAD_SOURCE_DIR) / "core/tape/linear.h"));
}

}  // namespace retrograd::tests
