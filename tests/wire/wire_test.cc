// Compares each case with its files, and sends each file's request to the
// in-process fake, which parses it independently.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "fake/fake_dynamo.h"
#include "wire/accept.h"
#include "wire/cases.h"
#include "wire/golden.h"

namespace dynamodown_test {
namespace {

namespace fs = std::filesystem;

const std::string kFolder = WIRE_CASES;
const std::string kSource = SOURCE_FOLDER;

bool IsUpdate() {
  const char* update = std::getenv("UPDATE_GOLDEN");
  return update != nullptr && std::string(update) == "1";
}

std::string FolderOf(const Case& tested) { return kFolder + "/" + tested.name; }

/// Plays a case against the answers in its files.
std::unique_ptr<CaseRun> Play(const Case& tested) {
  auto run =
      std::make_unique<CaseRun>(tested.name, AnswersIn(FolderOf(tested)));
  tested.call(run.get());
  run->Finish();
  return run;
}

/// Returns the time of the signature, from "20261122T120000Z".
int64_t TimeOf(const SentRequest& sent) {
  return dynamodown::ParseTime(sent.Header("X-Amz-Date")).value_or(-1);
}

class GoldenTest : public testing::TestWithParam<Case> {
 protected:
  static void Compare(const std::string& stage, const std::string& file,
                      const std::string& actual) {
    const std::string path = FolderOf(GetParam()) + "/" + file;
    if (IsUpdate()) {
      WriteWhole(path, actual);
      return;
    }
    ASSERT_TRUE(fs::exists(path))
        << path << " is missing; UPDATE_GOLDEN=1 makes it";
    const std::string difference = DifferenceOf(ReadWhole(path), actual);
    EXPECT_TRUE(difference.empty())
        << stage << " differs from " << path << ", " << difference;
  }
};

INSTANTIATE_TEST_SUITE_P(, GoldenTest, testing::ValuesIn(AllCases()),
                         [](const auto& tested) {
                           std::string name = tested.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(GoldenTest, SendsAndReadsWhatItsFilesSay) {
  const std::string folder = FolderOf(GetParam());
  const std::unique_ptr<CaseRun> run = Play(GetParam());
  for (size_t i = 0; i < run->sent().size(); ++i) {
    const std::string number = std::to_string(i + 1);
    Compare("request " + number, number + ".request", run->sent()[i].Text());
    EXPECT_TRUE(fs::exists(folder + "/" + number + ".answer"))
        << "request " << number << " has no answer";
  }
  Compare("the result", "result", run->result());

  // Finds files that no call needs any more.
  std::set<std::string> needed = {"result"};
  for (size_t i = 1; i <= run->sent().size(); ++i) {
    needed.insert(std::to_string(i) + ".request");
    needed.insert(std::to_string(i) + ".answer");
  }
  for (const auto& file : fs::directory_iterator(folder)) {
    const std::string name = file.path().filename();
    if (needed.count(name) != 0) continue;
    if (IsUpdate() && name.ends_with(".request")) {
      fs::remove(file.path());
      continue;
    }
    ADD_FAILURE() << file.path() << " is not used: the call sent "
                  << run->sent().size() << " requests";
  }
}

// Golden requests must be valid.
TEST_P(GoldenTest, TheFakeAcceptsItsRequests) {
  const std::unique_ptr<CaseRun> run = Play(GetParam());
  for (const SentRequest& sent : run->sent()) {
    SCOPED_TRACE(sent.Operation() + " " + sent.body);
    if (sent.Operation().empty()) continue;  // The doctor's GET.
    dynamodown::FakeDynamo::Settings settings;
    // The fake's clock is the request's time, because some were signed for a
    // corrected clock.
    settings.unix_seconds = [time = TimeOf(sent)] { return time; };
    settings.accounts = {
        {kGoldenAccessKey, kGoldenSecret, sent.Header("X-Amz-Security-Token")}};
    dynamodown::FakeDynamo dynamo(std::move(settings));
    MakeTablesOf(
        sent, run->names, [&](const auto& operation, const auto& body) {
          const dynamodown::HttpResponse made = dynamo.Carry(operation, body);
          ASSERT_EQ(made.status, 200) << operation << " " << made.body;
        });
    dynamodown::HttpRequest request;
    request.method = sent.method;
    request.url = sent.url;
    for (const auto& [name, value] : sent.headers) {
      request.headers.push_back({name, value});
    }
    request.body = sent.body;
    dynamodown::HttpResponse response;
    ASSERT_TRUE(
        dynamo.Send(request, std::chrono::milliseconds(1000), &response).ok());
    EXPECT_TRUE(IsAccepted(response.status, response.body)) << response.body;
  }
}

TEST(Golden, EveryFolderHasItsCase) {
  std::set<std::string> names;
  for (const Case& one : AllCases()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name << " comes twice";
  }
  for (const auto& folder : fs::directory_iterator(kFolder)) {
    EXPECT_EQ(names.count(folder.path().filename()), 1u)
        << folder.path() << " belongs to no case";
  }
}

/// Returns all matches of `pattern`'s group in a source file.
std::set<std::string> Matches(const std::string& file,
                              const std::string& pattern) {
  const std::string text = ReadWhole(kSource + "/" + file);
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator i(text.begin(), text.end(), regex), end; i != end;
       ++i) {
    found.insert((*i)[1]);
  }
  return found;
}

/// Returns all golden files whose names end in `end`, as one text.
std::string AllText(const std::string& end) {
  std::string text;
  for (const auto& file : fs::recursive_directory_iterator(kFolder)) {
    if (file.path().string().ends_with(end)) {
      text += ReadWhole(file.path()) + "\n";
    }
  }
  return text;
}

TEST(Golden, EveryOperationHasACase) {
  const std::set<std::string> operations =
      Matches("src/dynamo/operations.h", R"(struct (\w+) final : Operation)");
  ASSERT_GE(operations.size(), 13u);
  const std::string requests = AllText(".request");
  for (const std::string& operation : operations) {
    EXPECT_NE(
        requests.find("X-Amz-Target: DynamoDB_20120810." + operation + "\n"),
        std::string::npos)
        << operation;
  }
}

TEST(Golden, EveryMemberThatTheCodecWritesHasACase) {
  std::set<std::string> members;
  for (const auto& file :
       fs::directory_iterator(kSource + "/src/dynamo/codec")) {
    if (file.path().string().ends_with("_test.cc")) continue;
    members.merge(Matches("src/dynamo/codec/" + file.path().filename().string(),
                          R"re(\\"([A-Z]\w+)\\":)re"));
  }
  ASSERT_GE(members.size(), 20u);
  const std::string requests = AllText(".request");
  for (const std::string& member : members) {
    EXPECT_NE(requests.find("\"" + member + "\":"), std::string::npos)
        << member;
  }
}

TEST(Golden, EveryErrorThatTheClientKnowsHasACase) {
  const std::set<std::string> codes =
      Matches("src/dynamo/errors.cc", R"re(\{"(\w+)",\s*ErrorKind)re");
  ASSERT_GE(codes.size(), 29u);
  const std::string answers = AllText(".answer");
  for (const std::string& code : codes) {
    const std::regex type("\"__type\":\\s*\"([^\"]*#)?" + code + "[:\"]");
    EXPECT_TRUE(std::regex_search(answers, type)) << code;
  }
}

}  // namespace
}  // namespace dynamodown_test
