// Items of other programs, and answers that are damaged.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bad_input/cases.h"

namespace dynamodown_test {
namespace {

using dynamodown::BatchMode;
using dynamodown::FakeDynamo;
using dynamodown::HttpResponse;
using dynamodown::NoAnswer;
using dynamodown::ReadOptions;
using dynamodown::Result;
using leveldb::Status;
using std::string_literals::operator""s;
using enum Before;
using enum dynamodown::StatusKind;

void AddItems(std::vector<Case>* all) {
  const auto item = [&](const std::string& name, const Json& value,
                        const std::string& words) {
    all->push_back({"GetOfAnItem" + name,
                    kOpen,
                    [=](Scene* s) {
                      s->PutForeign("k", value);
                      return s->Get("k");
                    },
                    kCorruption,
                    {"the item of key \"k\" " + words},
                    1});
    all->push_back({"ScanOverAnItem" + name,
                    kOpen,
                    [=](Scene* s) {
                      s->PutForeign("k", value);
                      return s->Scan();
                    },
                    kCorruption,
                    {"the item of key \"k\" " + words},
                    1});
    all->push_back({"MultiGetOfAnItem" + name,
                    kOpen,
                    [=](Scene* s) {
                      s->PutForeign("k", value);
                      std::vector<std::string> values;
                      std::vector<Status> statuses;
                      return s->db->MultiGet(ReadOptions(), {"a", "k"}, &values,
                                             &statuses);
                    },
                    kCorruption,
                    {"the item of key \"k\" " + words},
                    1});
  };
  item("WithoutAValue", Json(), "has no value attribute");
  item("WithAMap", {{"M", Json::object()}},
       "has a value of type M, which is neither S, B, N nor NULL");
  item("WithABoolean", {{"BOOL", true}}, "has a value of type BOOL");
  item("WithASetOfStrings", {{"SS", {"a"}}}, "has a value of type SS");
}

/// The client retries, as another copy may arrive whole, then returns
/// Corruption.
void AddDamagedAnswers(std::vector<Case>* all) {
  const auto answer = [&](const std::string& name, const std::string& words,
                          const std::function<void(std::string*)>& change,
                          bool checksum) {
    all->push_back({"Answer" + name,
                    kOpen,
                    [=](Scene* s) {
                      s->Garble("GetItem", change, checksum);
                      return s->Get("k");
                    },
                    kCorruption,
                    {"damaged answer: " + words, "; gave up after 10 attempts"},
                    10});
    all->push_back({"AnswerToAWrite" + name,
                    kOpen,
                    [=](Scene* s) {
                      s->Garble("TransactWriteItems", change, checksum);
                      return s->Write(BatchMode::kAtomic, 3, "k");
                    },
                    kCorruption,
                    {"damaged answer: " + words,
                     "the whole batch may have been written, or nothing of it"},
                    10});
  };
  answer(
      "ThatIsTruncated", "",
      [](std::string* body) { body->resize(body->size() / 2); }, true);
  answer(
      "ThatIsTruncatedWithoutAChecksum", "",
      [](std::string* body) { body->resize(body->size() - 1); }, false);
  answer(
      "ThatIsEmpty", "", [](std::string* body) { body->clear(); }, true);
  answer(
      "ThatIsHtml", "",
      [](std::string* body) { *body = "<html>Sign in</html>"; }, false);
  answer(
      "ThatIsBinary", "",
      [](std::string* body) { *body = "\x1f\x8b\x08\x00\xff"s; }, false);
  answer(
      "ThatIsNoObject", "", [](std::string* body) { *body = "[]"; }, true);
  all->push_back(
      {"AnswerWithAnotherChecksum",
       kOpen,
       [](Scene* s) {
         s->world.dynamo.set_after_hook(
             [](const FakeDynamo::Call&, HttpResponse* response)
                 -> std::optional<Result<void, NoAnswer>> {
               response->body.back() = ' ';
               return std::nullopt;
             });
         return s->Get("k");
       },
       kCorruption,
       {"damaged answer: its x-amz-crc32 does not match", "request id"},
       10});
}

void AddDamagedPages(std::vector<Case>* all) {
  const auto page = [&](const std::string& name, const std::string& body) {
    all->push_back({"Page" + name,
                    kOpen,
                    [=](Scene* s) {
                      s->Garble("Query", [=](std::string* b) { *b = body; });
                      return s->Scan();
                    },
                    kCorruption,
                    {"damaged answer: "},
                    10});
  };
  page("WithoutItems", "{}");
  page("WithItemsThatAreNoList", R"({"Items":{"a":1}})");
  page("WithAnItemThatIsNoMap", R"({"Items":[1]})");
  page("WithAValueOfAnUnknownType", R"({"Items":[{"rkey":{"X":"a"}}]})");
  page("WithBadBase64", R"({"Items":[{"rkey":{"B":"***"}}]})");
  page("WithAnOddLastEvaluatedKey", R"({"Items":[],"LastEvaluatedKey":{}})");
  page("WithAnItemWithoutItsKey", R"({"Items":[{}]})");
}

void AddErrorsInHtml(std::vector<Case>* all) {
  all->push_back({"ErrorThatIsHtml",
                  kOpen,
                  [](Scene* s) {
                    s->Garble(
                        "GetItem", [](std::string* b) { *b = "<html>"; }, false,
                        503);
                    return s->Get("k");
                  },
                  kUnavailable,
                  {"unavailable: HTTP status 503", "; gave up after 10"},
                  10});
  all->push_back({"RefusalThatIsHtml",
                  kOpen,
                  [](Scene* s) {
                    s->Garble(
                        "GetItem", [](std::string* b) { *b = "<html>"; }, false,
                        403);
                    return s->Get("k");
                  },
                  kRejected,
                  {"rejected: HTTP status 403"},
                  1});
}

}  // namespace

std::vector<Case> AnswerCases() {
  std::vector<Case> all;
  AddItems(&all);
  AddDamagedAnswers(&all);
  AddDamagedPages(&all);
  AddErrorsInHtml(&all);
  return all;
}

}  // namespace dynamodown_test
