// Checks that a test counts every documented cost. promises.txt lists them: a
// block for each declaration of a public header, for each row of docs/costs.md,
// for each section of a page that states a cost, and for the help:
//
//     db.h Database::Put
//       1 PutItem; 1 write unit per KB of the item.
//       tested by WriteCostTest.APutIsAUnitPerKilobyteOfTheItem
//
// A new or changed promise fails here, so that somebody checks whether its
// tests still count it. UPDATE_GOLDEN=1 in the environment writes the file
// anew. New blocks then have no tests, and fail until they get some.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace dynamodown_test {
namespace {

namespace fs = std::filesystem;

struct Promise {
  std::string text;
  std::vector<std::string> tests;
};
/// The key is like "db.h Database::Put".
using Promises = std::map<std::string, Promise>;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Returns `text` with one blank between words.
std::string Spaced(const std::string& text) {
  std::istringstream words(text);
  std::string spaced;
  for (std::string word; words >> word;) {
    spaced += (spaced.empty() ? "" : " ") + word;
  }
  return spaced;
}

/// Returns the part of a comment that states a cost: its cost paragraph, and
/// sentences elsewhere.
std::string PromiseIn(const std::string& comment) {
  static const std::string kBegin = "**Cost**";
  std::string promise;
  std::string rest = comment;
  const size_t begin = comment.find(kBegin);
  if (begin != std::string::npos) {
    // It ends at the next paragraph; "**Errors** and **Cost**: ..." begins
    // earlier.
    const size_t end = comment.find("**", begin + kBegin.size());
    promise =
        comment.substr(begin + kBegin.size(),
                       end == std::string::npos ? std::string::npos
                                                : end - begin - kBegin.size());
    promise.erase(0, promise.find_first_not_of(": "));
    rest = comment.substr(0, begin) + " " +
           (end == std::string::npos ? "" : comment.substr(end));
  }
  static const std::regex about(
      "at most one item per page|[Cc]osts? (nothing|no request)|without a "
      "request|[Ss]ends "
      "nothing|units are the same|no page fetches more|\\d (read )?units?\\b|"
      "\\dx (write )?units|Half the price");
  static const std::regex sentence(R"([^.;:]+(?:[.;:](?=\S)[^.;:]*)*[.;:]?)");
  for (std::sregex_iterator i(rest.begin(), rest.end(), sentence), end;
       i != end; ++i) {
    const std::string one = i->str();
    if (std::regex_search(one, about)) promise += " " + one;
  }
  return Spaced(promise);
}

/// Returns the name that a line of code declares.
std::string NameIn(const std::string& line) {
  static const std::regex kinds[] = {
      std::regex(R"(^\s*(?:enum )?(?:class|struct) (\w+))"),
      std::regex(R"((\w+)\()"),
      std::regex(R"((\w+)\s*(?:=[^=].*|\{.*)?[;,])"),
  };
  std::smatch match;
  for (const std::regex& kind : kinds) {
    if (std::regex_search(line, match, kind)) return match[1];
  }
  return line;
}

/// Adds every promise in a header's comments.
void AddPromisesOf(const std::string& path, Promises* promises) {
  const std::string file = fs::path(path).filename();
  std::istringstream in(ReadFile(path));
  std::string scope;
  std::string comment;
  const auto add = [&](const std::string& line) {
    const std::string text = PromiseIn(Spaced(comment));
    comment.clear();
    if (text.empty()) return;
    const std::string name = NameIn(line);
    const bool member = line.starts_with(" ") && !scope.empty();
    std::string key = file + " " + (member ? scope + "::" : "") + name;
    // A name may occur several times.
    while (promises->count(key) != 0) key += "'";
    promises->emplace(key, Promise{text, {}});
  };
  for (std::string line; std::getline(in, line);) {
    const size_t start = std::min(line.find_first_not_of(' '), line.size());
    if (line.compare(start, 3, "///") == 0) {
      comment += line.substr(start + 3) + " ";
      continue;
    }
    const size_t behind = line.find("///<");
    if (behind != std::string::npos) {
      comment = line.substr(behind + 4);
      line.resize(behind);
    }
    add(line);
    if (std::regex_search(line, std::regex("^(enum )?(class|struct) .*\\{"))) {
      scope = NameIn(line);
    }
    if (line == "};") scope.clear();
  }
}

/// Returns the sentences of `text` that state a cost.
std::string CostsIn(const std::string& text) {
  static const std::regex about(
      "\\dn?( \\+ \\d+)? (read |write )?units?\\b|unit is \\d|costs? half|"
      "\\d (PutItem|GetItem|DeleteItem|Query|BatchGetItem|BatchWriteItem|"
      "TransactWriteItems)");
  static const std::regex sentence(R"([^.]+(?:\.(?=\S)[^.]*)*\.?)");
  std::string costs;
  for (std::sregex_iterator i(text.begin(), text.end(), sentence), end;
       i != end; ++i) {
    const std::string one = i->str();
    // A rate is a limit, not a cost.
    if (one.find(" a second") != std::string::npos) continue;
    if (std::regex_search(one, about)) costs += " " + one;
  }
  return Spaced(costs);
}

/// Adds the rows of a page's table of costs, and the costs in each section's
/// prose.
void AddPromisesOfPage(const std::string& path, Promises* promises) {
  const std::string page = fs::path(path).filename();
  std::string heading;
  std::string prose;
  const auto end_section = [&] {
    const std::string costs = CostsIn(Spaced(prose));
    prose.clear();
    if (costs.empty()) return;
    (*promises)[page + " \"" + heading + "\""].text = costs;
  };
  bool is_in_block = false;
  bool is_in_costs = false;
  std::istringstream in(ReadFile(path));
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) is_in_block = !is_in_block;
    if (is_in_block || line.starts_with("```")) continue;
    if (line.starts_with("#")) {
      end_section();
      heading = line.substr(line.find_first_not_of("# "));
    } else if (line == "| call | requests | units |") {
      is_in_costs = true;
    } else if (!line.starts_with("|")) {
      is_in_costs = false;
      prose += line + " ";
    } else if (is_in_costs && !line.starts_with("|---")) {
      const size_t cell = line.find(" | ");
      (*promises)[page + " " + line.substr(2, cell - 2)].text =
          Spaced(line.substr(cell + 3, line.size() - cell - 5));
    }
  }
  end_section();
}

/// Adds README.md and the pages for users. (tests/dyno/sync_cost_test.cc counts
/// the costs in dyno.md.)
void AddPromisesOfPages(Promises* promises) {
  AddPromisesOfPage(README, promises);
  for (const char* page :
       {"aws", "command-line", "costs", "moving-data", "reliability"}) {
    AddPromisesOfPage(DOCS "/" + std::string(page) + ".md", promises);
  }
}

/// Adds the costs in the help of each command.
void AddPromisesOfHelp(Promises* promises) {
  static const std::regex about(
      R"([^.]*\b(?:costs about|key costs|KEYs cost|)"
      R"(costs \d+ (?:requests|read units))\b[^.]*\.)");
  size_t found = 0;
  for (const auto& file : fs::recursive_directory_iterator(CLI)) {
    if (file.path().extension() != ".cc") continue;
    const std::string text = Spaced(ReadFile(file.path()));
    for (std::sregex_iterator i(text.begin(), text.end(), about), end; i != end;
         ++i, ++found) {
      std::string key = fs::relative(file.path(), CLI).string();
      while (promises->count(key) != 0) key += "'";
      (*promises)[key].text = Spaced(i->str());
    }
  }
  EXPECT_GE(found, 4u);
}

Promises OfDocuments() {
  Promises promises;
  AddPromisesOfPages(&promises);
  AddPromisesOfHelp(&promises);
  for (const auto& header : fs::directory_iterator(HEADERS)) {
    AddPromisesOf(header.path(), &promises);
  }
  return promises;
}

Promises OfFile() {
  Promises promises;
  std::istringstream in(ReadFile(PROMISES));
  Promise* promise = nullptr;
  const std::string tested = "  tested by ";
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    if (!line.starts_with(" ")) {
      promise = &promises[line];
    } else if (line.starts_with(tested)) {
      std::istringstream names(line.substr(tested.size()));
      for (std::string name; names >> name;) promise->tests.push_back(name);
    } else {
      promise->text += (promise->text.empty() ? "" : " ") + line.substr(2);
    }
  }
  return promises;
}

std::string TextOf(const Promises& promises) {
  std::string file;
  for (const auto& [key, promise] : promises) {
    file += (file.empty() ? "" : "\n") + key + "\n";
    std::istringstream words(promise.text);
    std::string line = " ";
    for (std::string word; words >> word;) {
      if (line.size() + 1 + word.size() > 80) {
        file += line + "\n";
        line = " ";
      }
      line += " " + word;
    }
    file += line + "\n";
    for (const std::string& test : promise.tests) {
      file += "  tested by " + test + "\n";
    }
  }
  return file;
}

/// Returns "Suite.Test" of this program, once for all its parameters.
std::set<std::string> Tests() {
  std::set<std::string> names;
  const testing::UnitTest& program = *testing::UnitTest::GetInstance();
  for (int i = 0; i < program.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *program.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const std::string name = suite.GetTestInfo(j)->name();
      names.insert(std::string(suite.name()) + "." +
                   name.substr(0, name.find('/')));
    }
  }
  return names;
}

TEST(Promises, AreThoseOfTheDocuments) {
  Promises documents = OfDocuments();
  const Promises file = OfFile();
  const char* update = std::getenv("UPDATE_GOLDEN");
  if (update != nullptr && std::string(update) == "1") {
    for (auto& [key, promise] : documents) {
      const auto old = file.find(key);
      if (old != file.end()) promise.tests = old->second.tests;
    }
    std::ofstream out(PROMISES);
    out << TextOf(documents) << std::flush;
    ASSERT_TRUE(out.good()) << "cannot write " << PROMISES;
    return;
  }
  for (const auto& [key, promise] : documents) {
    const auto found = file.find(key);
    ASSERT_NE(found, file.end())
        << key << " states a cost that " << PROMISES << " does not list: \""
        << promise.text << "\"";
    EXPECT_EQ(promise.text, found->second.text)
        << key << " has changed: check that its tests count the new cost, then "
        << "UPDATE_GOLDEN=1";
  }
  for (const auto& [key, promise] : file) {
    EXPECT_EQ(documents.count(key), 1u) << key << " no longer states a cost";
  }
}

TEST(Promises, NoneOfTheHeadersIsOverlooked) {
  for (const auto& header : fs::directory_iterator(HEADERS)) {
    Promises promises;
    AddPromisesOf(header.path(), &promises);
    const std::string text = ReadFile(header.path());
    size_t words = 0;
    for (size_t at = text.find("**Cost**"); at != std::string::npos;
         at = text.find("**Cost**", at + 1)) {
      ++words;
    }
    EXPECT_GE(promises.size(), words) << header.path();
  }
  EXPECT_GE(OfDocuments().size(), 20u);
}

TEST(Promises, EachIsTested) {
  const std::set<std::string> tests = Tests();
  for (const auto& [key, promise] : OfFile()) {
    EXPECT_FALSE(promise.tests.empty()) << key << " has no test";
    for (const std::string& test : promise.tests) {
      EXPECT_EQ(tests.count(test), 1u) << key << ": there is no " << test;
    }
  }
}

TEST(Promises, EachTestIsOfAPromise) {
  std::set<std::string> used;
  for (const auto& [key, promise] : OfFile()) {
    used.insert(promise.tests.begin(), promise.tests.end());
  }
  for (const std::string& test : Tests()) {
    if (test.find("CostTest.") == std::string::npos) continue;
    EXPECT_EQ(used.count(test), 1u) << test << " tests no promise";
  }
}

}  // namespace
}  // namespace dynamodown_test
