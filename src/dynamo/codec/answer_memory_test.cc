// Measures the memory that it takes to parse and decode the longest answer that
// the transport accepts.

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstddef>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/json.h"
#include "dynamo/codec/codec_test_helpers.h"
#include "dynamo/operations.h"
#include "transport/curl_transport.h"

namespace dynamodown {
namespace {

/// Returns a value of /proc/self/status, in bytes.
size_t StatusBytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(name + ":", 0) == 0) {
      return std::stoul(line.substr(name.size() + 1)) * 1024;
    }
  }
  ADD_FAILURE() << "no " << name;
  return 0;
}

/// Returns by how much the resident memory grows while `run` runs.
size_t GrowthIn(const std::function<void()>& run) {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";  // Resets VmHWM.
  const size_t before = StatusBytes("VmRSS");
  run();
  return StatusBytes("VmHWM") - before;
}

std::string Repeated(const std::string& part, size_t bytes) {
  std::string text;
  text.reserve(bytes + part.size());
  while (text.size() < bytes) text += part;
  return text;
}

/// An answer of nearly `bytes` bytes: `head`, as many of `part` as fit, and
/// `tail`.
std::string AnswerOf(const std::string& head, const std::string& part,
                     const std::string& tail, size_t bytes) {
  std::string text = head;
  text.reserve(bytes + 64);
  while (text.size() + part.size() + tail.size() <= bytes) text += part;
  if (text.back() == ',') text.pop_back();
  return text + tail;
}

std::unique_ptr<Operation> MakeGet() { return std::make_unique<GetItem>(); }
std::unique_ptr<Operation> MakeQuery() {
  auto query = std::make_unique<Query>();
  query->table = kTable;
  query->hash = S("store");
  return query;
}
std::unique_ptr<Operation> MakeBatch() {
  return std::make_unique<BatchGetItem>(MakeBatchGet(26));
}

/// 26 items, whose values make nearly `bytes` bytes of JSON.
std::string LargeItems(const std::string& type, size_t bytes) {
  const std::string value =
      Repeated(type == "B" ? "QUJD" : "abcd", bytes / 26 - 200);
  std::string text = R"({"Responses":{"table":[)";
  for (char key = 'a'; key <= 'z'; ++key) {
    text += key == 'a' ? "" : ",";
    text += R"({"hkey":{"S":"store"},"rkey":{"S":")" + std::string(1, key) +
            R"("},"value":{")" + type + R"(":")" + value + R"("}})";
  }
  return text + "]}}";
}

TEST(AnswerMemory, IsAtMostThreeTimesTheLongestAnswer) {
  const size_t most = CurlTransportOptions().response_bytes_max;
  EXPECT_EQ(most, size_t{17} << 20);
  struct Case {
    const char* name;
    std::function<std::unique_ptr<Operation>()> make;
    std::function<std::string(size_t bytes)> answer;
    bool is_right;
  };
  const auto of = [](const char* head, const char* part, const char* tail) {
    return [=](size_t bytes) { return AnswerOf(head, part, tail, bytes); };
  };
  const Case cases[] = {
      {"large texts", MakeBatch,
       [](size_t bytes) { return LargeItems("S", bytes); }, true},
      {"large bytes", MakeBatch,
       [](size_t bytes) { return LargeItems("B", bytes); }, true},
      {"one text", MakeGet, of(R"({"Item":{"v":{"S":")", "x", R"("}}})"), true},
      {"small items", MakeQuery,
       of(R"({"Items":[)", R"({"rkey":{"S":"a"}},)", "]}"), false},
      {"empty items", MakeQuery, of(R"({"Items":[)", "{},", "]}"), false},
      {"attributes", MakeGet, of(R"({"Item":{)", R"("":{"S":""},)", "}}"),
       false},
      {"a set", MakeGet, of(R"({"Item":{"v":{"SS":[)", R"("",)", "]}}}"),
       false},
      {"numbers", MakeGet, of("[", "1,", "]"), false},
      {"lists", MakeGet, of("[", "[],", "]"), false},
      {"strings", MakeGet, of("[", R"("",)", "]"), false},
      {"depth", MakeGet, of("", "[", ""), false},
      {"colons", MakeGet, of("", ":", ""), false},
      {"blanks", MakeGet, of("{", " ", "}"), true},
      {"zeros", MakeGet, of(R"({"Item":{"v":{"S":")", "\\u0000", R"("}}})"),
       true},
  };
  for (const size_t bytes : {most, JsonParser::kSmallBytes}) {
    for (const Case& c : cases) {
      std::string body = c.answer(bytes);
      EXPECT_LE(body.size(), bytes) << c.name;
      EXPECT_GT(body.size(), bytes - 10'000) << c.name;
      bool is_right = false;
      const size_t growth = GrowthIn([&] {
        JsonParser parser;
        const std::unique_ptr<Operation> operation = c.make();
        const Result<JsonValue> answer = parser.Parse(&body);
        is_right = answer.ok() && operation->Decode(*answer).ok();
      });
      RecordProperty(std::string(c.name) + ", KB",
                     static_cast<int>(growth >> 10));
      EXPECT_LE(growth, 3 * most) << c.name << " of " << bytes << " bytes";
      if (bytes == most) {
        EXPECT_EQ(is_right, c.is_right) << c.name;
      }
    }
  }
}

}  // namespace
}  // namespace dynamodown
