#include "wire/golden.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "aws/credentials.h"
#include "dynamo/client_stack.h"

namespace dynamodown_test {

using dynamodown::Database;
using dynamodown::HttpRequest;
using dynamodown::HttpResponse;
using dynamodown::NoAnswer;
using dynamodown::Result;
using dynamodown::Stats;

namespace {

constexpr std::string_view kTarget = "DynamoDB_20120810.";
constexpr char kDescriptor[] =
    R"("version":{"N":"1"},"mode":{"S":"shared"},)"
    R"("id":{"S":"00112233445566778899aabbccddeeff"},)"
    R"("created":{"S":"2026-11-22T12:00:00Z"}},)"
    R"("ConsumedCapacity":{"CapacityUnits":1.0}})";

/// FNV-1a. Each case has its own random numbers, the same in every run.
uint64_t SeedOf(const std::string& name) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  return hash;
}

NoAnswer NoAnswerOf(const std::string& line) {
  static const std::map<std::string, NoAnswer::Reason> kReasons = {
      {"connect", NoAnswer::Reason::kConnect},
      {"timeout", NoAnswer::Reason::kTimeout},
      {"tls", NoAnswer::Reason::kTls},
      {"proxy", NoAnswer::Reason::kProxy},
      {"forked", NoAnswer::Reason::kForked},
      {"invalid", NoAnswer::Reason::kInvalid}};
  const size_t start = line.find(": ") + 2;
  const size_t end = line.find(", sent");
  const std::string reason = line.substr(start, end - start);
  return NoAnswer{kReasons.at(reason), end != std::string::npos,
                  "no answer (" + reason + ")"};
}

std::string UnitsText(double units) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", units);
  return text;
}

}  // namespace

std::string SentRequest::Text() const {
  std::string text = method + " " + url + "\n";
  for (const auto& [name, value] : headers) {
    text += name + ": " + value + "\n";
  }
  return text + "\n" + body;
}

std::string SentRequest::Header(std::string_view name) const {
  for (const auto& header : headers) {
    if (header.first == name) return header.second;
  }
  return {};
}

std::string SentRequest::Operation() const {
  const std::string target = Header("X-Amz-Target");
  return target.starts_with(kTarget) ? target.substr(kTarget.size())
                                     : std::string();
}

Result<void, NoAnswer> GoldenTransport::Send(const HttpRequest& request,
                                             std::chrono::milliseconds,
                                             HttpResponse* response) {
  *response = HttpResponse();
  if (opening_) {
    // The item has the key of the request.
    const size_t key = request.body.find("\"Key\":{") + 7;
    const size_t end = request.body.find("}}", key) + 1;
    response->status = 200;
    response->body = R"({"Item":{)" +
                     std::string(request.body.substr(key, end - key)) + "," +
                     kDescriptor;
    return {};
  }
  SentRequest& sent = sent_.emplace_back();
  sent.method = request.method;
  sent.url = request.url;
  for (const auto& header : request.headers) {
    sent.headers.emplace_back(header.name, header.value);
  }
  sent.body = request.body;
  if (sent_.size() > answers_.size()) {
    return NoAnswer{NoAnswer::Reason::kInvalid, false,
                    "there is no " + std::to_string(sent_.size()) + ".answer"};
  }
  const std::string& answer = answers_[sent_.size() - 1];
  const std::string line = answer.substr(0, answer.find('\n'));
  if (line.starts_with("no answer: ")) return NoAnswerOf(line);
  const size_t end = answer.find("\n\n");
  if (end == std::string::npos) {
    throw std::runtime_error("an answer without an empty line: " + answer);
  }
  response->status = std::stoi(line);
  std::istringstream head(answer.substr(line.size() + 1, end - line.size()));
  for (std::string header; std::getline(head, header);) {
    if (!header.empty()) response->headers += header + "\r\n";
  }
  response->body = answer.substr(end + 2);
  return {};
}

class CaseRun::Credentials final : public dynamodown::CredentialsSource {
 public:
  Result<std::shared_ptr<const dynamodown::SigningCredentials>> Get() override {
    return credentials_;
  }
  void Expire(
      const std::shared_ptr<const dynamodown::SigningCredentials>&) override {}
  std::string Describe() const override { return "a test"; }

 private:
  const std::shared_ptr<const dynamodown::SigningCredentials> credentials_ =
      std::make_shared<const dynamodown::SigningCredentials>(
          dynamodown::SigningCredentials{kGoldenAccessKey, kGoldenSecret, ""});
};

CaseRun::CaseRun(const std::string& name, std::vector<std::string> answers)
    : environment({{"AWS_ACCESS_KEY_ID", kGoldenAccessKey},
                   {"AWS_SECRET_ACCESS_KEY", kGoldenSecret},
                   {"AWS_REGION", "eu-west-1"}}),
      transport_(std::move(answers)),
      scheduler_(SeedOf(name)),
      clock_(&scheduler_, kGoldenTime),
      random_(SeedOf(name)),
      credentials_(std::make_unique<Credentials>()) {
  open_environment.transport = &transport_;
  open_environment.scheduler = &scheduler_;
  open_environment.clock = &clock_;
  open_environment.random = &random_;
  open_environment.variables =
      [this](const char* variable) -> std::optional<std::string> {
    const auto found = environment.find(variable);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
  SetNames({});
}

CaseRun::~CaseRun() = default;

void CaseRun::SetNames(const KeyNames& keys) {
  const auto type = [](const std::string& name) {
    return name == "S" ? dynamodown::KeyType::kString
                       : dynamodown::KeyType::kBinary;
  };
  names = keys;
  options.table.hash_key = keys.hash;
  options.table.hash_key_type = type(keys.hash_type);
  options.table.range_key = keys.range;
  options.table.key_type = type(keys.range_type);
}

Database* CaseRun::Open(const std::string& location) {
  Database* db = nullptr;
  transport_.set_opening(true);
  const leveldb::Status status =
      dynamodown::OpenIn(open_environment, options, location, &db);
  transport_.set_opening(false);
  if (!status.ok()) throw std::runtime_error("open: " + status.ToString());
  db_.reset(db);
  before_ = db->GetStats();
  return db;
}

dynamodown::Client* CaseRun::client() {
  if (client_ == nullptr) {
    client_ = dynamodown::NewHttpClient(
        {"https://dynamodb.eu-west-1.amazonaws.com", "eu-west-1"},
        {&transport_, &scheduler_, &clock_, &random_, credentials_.get(),
         &service_clock_});
  }
  return client_.get();
}

void CaseRun::Say(const std::string& what, const leveldb::Status& status) {
  Say(what + ": " + status.ToString());
}

void CaseRun::SayStats() {
  scheduler_.RunAll();
  const Stats now = db_->GetStats();
  Stats since = now;
  since.requests -= before_.requests;
  since.retries -= before_.retries;
  since.ambiguous_retries -= before_.ambiguous_retries;
  since.throttles -= before_.throttles;
  since.unprocessed -= before_.unprocessed;
  since.bytes_sent -= before_.bytes_sent;
  since.bytes_received -= before_.bytes_received;
  since.read_units -= before_.read_units;
  since.write_units -= before_.write_units;
  before_ = now;
  SayStats(since);
}

void CaseRun::SayStats(const Stats& stats) {
  std::string line = "stats:";
  const auto add = [&line](const char* name, const std::string& value) {
    if (value != "0") line += std::string(" ") + name + "=" + value;
  };
  add("requests", std::to_string(stats.requests));
  add("retries", std::to_string(stats.retries));
  add("ambiguous_retries", std::to_string(stats.ambiguous_retries));
  add("throttles", std::to_string(stats.throttles));
  add("unprocessed", std::to_string(stats.unprocessed));
  add("bytes_sent", std::to_string(stats.bytes_sent));
  add("bytes_received", std::to_string(stats.bytes_received));
  add("read_units", UnitsText(stats.read_units));
  add("write_units", UnitsText(stats.write_units));
  Say(line);
}

void CaseRun::Finish() {
  scheduler_.RunAll();
  db_.reset();
}

std::string Quoted(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c >= ' ' && c <= '~') {
      text += c;
    } else {
      char escape[5];
      std::snprintf(escape, sizeof escape, "\\x%02x",
                    static_cast<unsigned char>(c));
      text += escape;
    }
  }
  return text + "\"";
}

std::string DifferenceOf(std::string_view expected, std::string_view actual) {
  if (expected == actual) return {};
  constexpr size_t kBefore = 60;
  constexpr size_t kShown = 200;
  const size_t common = std::min(expected.size(), actual.size());
  size_t at = 0;
  while (at < common && expected[at] == actual[at]) ++at;
  const auto line = static_cast<size_t>(
      std::count(expected.begin(),
                 expected.begin() + static_cast<std::ptrdiff_t>(at), '\n') +
      1);
  const size_t from = at < kBefore ? 0 : at - kBefore;
  const std::string indent(
      sizeof "  expected" + Quoted(expected.substr(from, at - from)).size() - 1,
      ' ');
  return "line " + std::to_string(line) + ", byte " + std::to_string(at) +
         "\n  expected " + Quoted(expected.substr(from, kShown)) +
         "\n  actual   " + Quoted(actual.substr(from, kShown)) + "\n" + indent +
         "^";
}

std::string ReadWhole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void WriteWhole(const std::string& path, std::string_view text) {
  std::filesystem::create_directories(
      std::filesystem::path(path).parent_path());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

std::vector<std::string> AnswersIn(const std::string& folder) {
  std::vector<std::string> answers;
  for (int n = 1;; ++n) {
    const std::string path = folder + "/" + std::to_string(n) + ".answer";
    if (!std::filesystem::exists(path)) return answers;
    answers.push_back(ReadWhole(path));
  }
}

}  // namespace dynamodown_test
