#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <limits>

#include "../../scratch.h"

namespace retrograd::tests {

namespace {

using Names = std::vector<std::string>;

class File {
 public:
  explicit File(const std::string& text) : path_(folder_.write("table.csv", text)) {}
  tools::Csv read(const tools::CsvOptions& options = {}) const { return tools::read_csv(path_, options); }
  /// What is said of the file, without its path.
  std::string error(const tools::CsvOptions& options = {}) const {
    const std::string message = file_error([&] { read(options); }), before = path_.string() + ": ";
    return message.starts_with(before) ? message.substr(before.size()) : "not of this file: " + message;
  }

 private:
  ScratchFolder folder_;
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a table of numbers is read by its columns") {
  const tools::Csv csv = File("a,b,c\n1,2.5,-3e2\n+4, 5 ,.5\n").read();
  CHECK(csv.names == Names{"a", "b", "c"});
  CHECK(csv.values.dtype() == float32);
  CHECK(csv.values.shape() == Shape{2, 3});
  CHECK(csv.values.to_vector<double>() == std::vector<double>{1, 2.5, -300, 4, 5, 0.5});
  CHECK(csv["b"].to_vector<double>() == std::vector<double>{2.5, 5});
  CHECK(csv["c"].shape() == Shape{2});
  CHECK(!csv.labels.defined());
  CHECK_THROWS_WITH_AS(csv["d"], "csv: no column is named \"d\"; the columns are \"a, b, c\"", Error);
  CHECK_THROWS_WITH_AS(csv.dataset(), "csv: there are no labels; name their column with the option `label`", Error);
}

TEST_CASE("columns are read in the order they are asked for, and others may hold anything") {
  const tools::Csv csv = File("a,name,b\n1,Ada,2\n3,Bob,4\n").read({.columns = {"b", "a"}, .dtype = float64});
  CHECK(csv.names == Names{"b", "a"});
  CHECK(csv.values.dtype() == float64);
  CHECK(csv.values.to_vector<double>() == std::vector<double>{2, 1, 4, 3});
}

TEST_CASE("delimiters, line ends, a byte order mark, empty lines and a missing last line end change nothing") {
  const auto expected = File("a,b\n1,2\n3,4\n").read().values.to_vector<double>();
  for (const char* text : {"a,b\r\n1,2\r\n3,4\r\n", "a,b\n1,2\n3,4",
                           "\xEF\xBB\xBF"
                           "a,b\n1,2\n3,4\n",
                           "\na,b\n\n1,2\r\n\r\n3,4\n\n", "\"a\",\"b\"\n\"1\",2\n3,\"4\""}) {
    const tools::Csv csv = File(text).read();
    CHECK(csv.values.to_vector<double>() == expected);
    CHECK(csv.names == Names{"a", "b"});
  }
  CHECK(File("a;b\n1;2\n3;4\n").read({.delimiter = ';'}).values.to_vector<double>() == expected);
  CHECK(File("a\tb\n1\t2\n3\t4\n").read({.delimiter = '\t'}).values.to_vector<double>() == expected);
  CHECK(File(gzip("a,b\n1,2\n3,4\n")).read().values.to_vector<double>() == expected);
}

TEST_CASE("without a header the columns are called by their numbers") {
  const tools::Csv csv = File("7,1,2\n9,3,4\n").read({.header = false, .label = "0"});
  CHECK(csv.names == Names{"1", "2"});
  CHECK(csv.values.to_vector<double>() == std::vector<double>{1, 2, 3, 4});
  CHECK(csv.labels.to_vector<int>() == std::vector<int>{7, 9});
}

TEST_CASE("quotes hold delimiters, line ends and quotes") {
  const File file("\"a,\"\"b\"\"\",\"c\r\nd\",kind\n1,2,\"x\ny\"\n3,4,\"\"\n5,6,z\n");
  const tools::Csv csv = file.read({.label = "kind"});
  CHECK(csv.names == Names{"a,\"b\"", "c\r\nd"});
  CHECK(csv.values.to_vector<double>() == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(csv.classes == Names{"", "x\ny", "z"});
  CHECK(csv.labels.to_vector<int>() == std::vector<int>{1, 0, 2});
}

TEST_CASE("labels are whole numbers, names in order, or what the options list") {
  const tools::Csv numbers = File("x,y\n0.5,2\n1.5, 0\n").read({.label = "y"});
  CHECK(numbers.labels.dtype() == int64);
  CHECK(numbers.labels.to_vector<int>() == std::vector<int>{2, 0});
  CHECK(numbers.classes.empty());
  const File named("x,y\n0.5,cat\n1.5,ant\n2.5,cat\n");
  const tools::Csv names = named.read({.label = "y"});
  CHECK(names.classes == Names{"ant", "cat"});
  CHECK(names.labels.to_vector<int>() == std::vector<int>{1, 0, 1});
  const tools::Csv listed = named.read({.label = "y", .classes = {"dog", "cat", "ant"}});
  CHECK(listed.classes == Names{"dog", "cat", "ant"});
  CHECK(listed.labels.to_vector<int>() == std::vector<int>{1, 2, 1});
  CHECK(named.error({.label = "y", .classes = {"cat"}}) ==
        "line 3, column 2 (y): expected one of 1 classes, found \"ant\"");
  CHECK(File("y\n-1\n1\n").read({.label = "y", .classes = {"-1", "1"}}).labels.to_vector<int>() ==
        std::vector<int>{0, 1});
}

TEST_CASE("spaces around a label do not matter unless a listed class has them") {
  const File file("y\n 1\n0 \n 0\n");
  CHECK(file.read({.label = "y"}).labels.to_vector<int>() == std::vector<int>{1, 0, 0});
  CHECK(file.read({.label = "y", .classes = {"0", "1"}}).labels.to_vector<int>() == std::vector<int>{1, 0, 0});
  CHECK(file.read({.label = "y", .classes = {"0", "1", " 0"}}).labels.to_vector<int>() == std::vector<int>{1, 0, 2});
}

TEST_CASE("spaces around names and labels are the separators', those in quotes their own") {
  const tools::Csv csv = File(" x ,\tkind\n1,cat\n2, cat\n3,cat \n4,\"cat\"\n5,\" cat\"\n").read({.label = "kind"});
  CHECK(csv.names == Names{"x"});
  CHECK(csv.classes == Names{" cat", "cat"});
  CHECK(csv.labels.to_vector<int>() == std::vector<int>{1, 1, 1, 1, 0});
  const File spaced("a, b,\" c\"\n1,2,3\n");
  CHECK(spaced.read().names == Names{"a", "b", " c"});
  CHECK(spaced.read({.columns = {"b"}}).values.item<int>() == 2);
  CHECK(spaced.read({.columns = {" b"}}).names == Names{"b"});
  CHECK(spaced.read({.columns = {" c"}}).values.item<int>() == 3);
  CHECK(spaced.read()[" b"].item<int>() == 2);
  CHECK(spaced.error({.columns = {"c"}}) == "expected a column \"c\", found \"a, b,  c\"");
  CHECK(File("a, a\n1,2\n").error() == "line 1: expected distinct column names, found \"a\" twice");
  CHECK(File("x,y\n1,a\n2, a\n").read({.label = "y", .classes = {"a", " a"}}).labels.to_vector<int>() ==
        std::vector<int>{0, 1});
}

TEST_CASE("labels of two kinds are refused") {
  CHECK(File("y\n1\ncat\n").error({.label = "y"}) ==
        "line 3, column 1 (y): expected a whole number from 0 as in the rows before (or the option `classes`), found "
        "\"cat\"");
  CHECK(holds(File("y\ncat\n1\n").error({.label = "y"}), {"line 3, column 1 (y): expected a name", "found \"1\""}));
  for (const char* text : {"y\n-1\n", "y\n1.5\n", "y\n99999999999999999999\n"})
    CHECK(holds(File(text).error({.label = "y"}), {"line 2, column 1 (y): expected a whole number from 0"}));
}

TEST_CASE("rows of a table go through batches") {
  const tools::Csv csv = File("x,y,kind\n1,2,a\n3,4,b\n5,6,a\n").read({.label = "kind"});
  std::int64_t rows = 0;
  for (auto [inputs, targets] : tools::batches(csv.dataset(), 2, {.prefetch = 1})) {
    CHECK(inputs.shape() == Shape{targets.size(), 2});
    rows += targets.size();
  }
  CHECK(rows == 3);
}

TEST_CASE("numbers are rounded once, to the dtype, and reach to its ends") {
  const char* text = "x\n0.1\n16777217\n1.00000017881393432617187499\nnan\ninf\n-INF\n1e-50\n3.4028235e38\n";
  const auto single = File(text).read().values.to_vector<float>();
  CHECK(single[0] == 0.1f);
  CHECK(single[1] == 16777216.0f);
  CHECK(single[2] == 1.00000011920928955078125f);  // to double first it would go up twice
  CHECK(std::isnan(single[3]));
  CHECK(single[4] == std::numeric_limits<float>::infinity());
  CHECK(single[5] == -std::numeric_limits<float>::infinity());
  CHECK(single[6] == 0);
  CHECK(single[7] == std::numeric_limits<float>::max());
  const auto twice = File(text).read({.dtype = float64}).values.to_vector<double>();
  CHECK(twice[0] == 0.1);
  CHECK(twice[6] == 1e-50);
  CHECK(File("x\n1e-45\n").read().values.item<float>() == std::numeric_limits<float>::denorm_min());
}

TEST_CASE("a number too small for its dtype is 0, and one too large is refused") {
  const std::string zeros(5000, '0');
  const File tiny("x\n1e-400\n-1e-400\n1e-5000\n-0." + zeros + "1\n0." + zeros + "1e10\n+1E-99999999999999999999\n");
  for (const Dtype dtype : {float32, float64}) {
    const auto found = tiny.read({.dtype = dtype}).values.to_vector<double>();
    for (std::size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i] == 0);
      CHECK(std::signbit(found[i]) == (i == 1 || i == 3));
    }
  }
  CHECK(File("x\n1e-320\n").read({.dtype = float64}).values.item<double>() == 1e-320);
  CHECK(File("x\n5e-324\n").read({.dtype = float64}).values.item<double>() == 5e-324);
  CHECK(File("x\n2e-324\n").read({.dtype = float64}).values.item<double>() == 0);
  CHECK(File("x\n1e-46\n").read().values.item<float>() == 0);
  for (const std::string& large : {std::string("1e400"), std::string("-1e400"), std::string("1e99999999999999999999"),
                                   "1" + zeros, "0.0" + zeros + "1e5500"})
    CHECK(
        holds(File("x\n" + large + "\n").error({.dtype = float64}), {"expected a number within the range of float64"}));
}

TEST_CASE("what is no CSV file is told by its kind") {
  CHECK(File("x,y\r1,2\r3,4\r").error() == "line 1: expected lines that end in LF or CRLF, found a lone CR");
  CHECK(holds(File("\"x\",\"y\"\r1,2\r").error(), {"found a lone CR"}));
  CHECK(holds(File("1,2\r3,4\n").error({.header = false}), {"found a lone CR"}));
  const auto says = [](const std::string& text, const std::string& kind) {
    CHECK(File(text).error() == "expected a CSV file in UTF-8, found " + kind);
    CHECK(File(gzip(text)).error() == "expected a CSV file in UTF-8, found " + kind);
  };
  says(std::string("\xff\xfex\0,\0y\0\n\0", 10), "UTF-16 text");
  says(std::string("\xfe\xff\0x\0,\0y\0\n", 10), "UTF-16 text");
  says(std::string("x\0,\0y\0\n\0", 8), "UTF-16 text");
  says("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n",
       "a Git LFS pointer; `git lfs pull` gets the file that it stands for");
  says("PK\3\4....", "a zip archive, as .npz, PyTorch's .pt and .xlsx are");
  says("\xEF\xBB\xBF\n<!DOCTYPE html><html>", "an HTML page");
  CHECK(File(gzip(gzip("x\n1\n"))).error() == "expected a CSV file in UTF-8, found a gzip file; gunzip unpacks it");
  for (const char* text : {"BZh,PAR1,GGUF,PK\n1,2,3,4\n", "PAR1,x\n1,2\n", "GGUF,x\n1,2\n", "htmlx\n1\n"})
    CHECK(File(text).read().values.size() >= 1);  // columns may be called so
}

TEST_CASE("a table longer than what is read at once is read whole, and a gzipped one to its limit") {
  std::string text = "x,y,name\r\n";
  std::vector<double> expected;
  for (int i = 0; i < 60'000; ++i) {
    text += fmt::format("{},{},\"n\"\"{}\"\r\n", i, i % 7, i % 5) + (i % 11 == 0 ? "\r\n" : "");
    expected.insert(expected.end(), {static_cast<double>(i), static_cast<double>(i % 7)});
  }
  for (const std::string& bytes : {text, gzip(text)}) {
    const tools::Csv csv = File(bytes).read({.label = "name"});
    CHECK(csv.values.to_vector<double>() == expected);
    CHECK(csv.classes == Names{"n\"0", "n\"1", "n\"2", "n\"3", "n\"4"});
    CHECK(csv.labels.data<std::int64_t>()[59'999] == 4);
  }
  CHECK(File("x\n1\n" + text).error() == "line 3: expected 1 fields, found 3");
  CHECK(File(text).read({.columns = {"x"}, .largest = 1000}).values.size() == 60'000);
  CHECK(File(gzip(text)).error({.columns = {"x"}, .largest = 300'000}) ==
        "expected a gzip file of at most 300000 bytes of text (the option `largest`), found more");
  CHECK(holds(File("x\n\"" + text).error(), {"column 1: expected a delimiter or the end of the line"}));
}

TEST_CASE("an empty field is an error unless the options say what it stands for") {
  const File file("x,y\n1,\n,4\n");
  CHECK(file.error() == "line 2, column 2 (y): expected a number, found \"\"");
  CHECK(file.read({.missing = -1}).values.to_vector<double>() == std::vector<double>{1, -1, -1, 4});
}

TEST_CASE("what is no table of numbers is refused, with the place, what was expected and what was found") {
  struct Case {
    const char* text;
    const char* error;
  };
  for (const auto& [text, error] : std::vector<Case>{
           {"", "expected a line of column names, found an empty file"},
           {"\n\r\n\n", "expected a line of column names, found an empty file"},
           {"x,y\n", "expected at least one row after the column names, found none"},
           {"x,x\n1,2\n", "line 1: expected distinct column names, found \"x\" twice"},
           {"x,y\n1,2\n3\n", "line 3: expected 2 fields, found 1"},
           {"x,y\n1,2,3\n", "line 2: expected 2 fields, found 3"},
           {"x,y\n1,2,\n", "line 2: expected 2 fields, found 3"},
           {"x,y\n1,two\n", "line 2, column 2 (y): expected a number, found \"two\""},
           {"x\n1 2\n", "line 2, column 1 (x): expected a number, found \"1 2\""},
           {"x\n1.5.2\n", "line 2, column 1 (x): expected a number, found \"1.5.2\""},
           {"x\n+-1\n", "line 2, column 1 (x): expected a number, found \"+-1\""},
           {"x\n0x10\n", "line 2, column 1 (x): expected a number, found \"0x10\""},
           {"x\n1\r2\n", "line 2, column 1 (x): expected a number, found \"1?2\""},
           {"x\n1e39\n", "line 2, column 1 (x): expected a number within the range of float32, found \"1e39\""},
           {"x\n\"1\n2\n", "line 2, column 1: expected a closing quote, found the end of the file"},
           {"x\n\"1\"2\n",
            "line 2, column 1: expected a delimiter or the end of the line after the closing quote, found \"2\""},
           {"x\n1\"2\"\n", "line 2, column 1: expected quotes around the whole field, found one within it"},
           {"\"a\nb\"\n1\n\n\"2\n\"\nx\n", "line 5, column 1 (a?b): expected a number, found \"2?\""},
       })
    CHECK(File(text).error() == error);
  CHECK(File("").error({.header = false}) == "expected at least one row, found an empty file");
  CHECK(File("x,y\n1,2\n").error({.columns = {"z"}}) == "expected a column \"z\", found \"x, y\"");
  CHECK(File("x,y\n1,2\n").error({.label = "z"}) == "expected a column \"z\", found \"x, y\"");
  CHECK(holds(File("x\n" + std::string(1000, 'z')).error(), {"found \"zzzz", "z…\""}));
}

TEST_CASE("files that cannot be read and options that mean nothing are refused") {
  CHECK(holds(file_error([] { tools::read_csv("/no/such/table.csv"); }), {"/no/such/table.csv: no such file"}));
  CHECK_THROWS_WITH_AS(File("x\n1\n").read({.dtype = int64}),
                       "read_csv: the dtype must be float32 or float64, got int64", DtypeError);
  CHECK_THROWS_AS(File("x\n1\n").read({.delimiter = '"'}), Error);
  CHECK_THROWS_WITH_AS(File("y\nb\n").read({.label = "y", .classes = {"a", "b", "a"}}),
                       "read_csv: expected distinct classes, got \"a\" twice", Error);
}

}  // namespace retrograd::tests
