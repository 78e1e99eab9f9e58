// Golden requests and answers: for each call, the bytes on the wire and the
// caller's result.
//
// A case is a call (cases.h) and a folder of cases/ with the same name:
//
//     1.request   method and URL, headers, an empty line, body
//     1.answer    status, headers, an empty line, body; or "no answer: REASON",
//                 with ", sent" if the request was sent
//     2.request   and so on
//     result      the caller's result
//
// Bodies are the file's last bytes; no newline follows. Answers are written by
// hand, from the service's documentation. With UPDATE_GOLDEN=1 in the
// environment, the test rewrites requests and results.

#ifndef DYNAMODOWN_TESTS_WIRE_GOLDEN_H_
#define DYNAMODOWN_TESTS_WIRE_GOLDEN_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "db/open_environment.h"
#include "dynamo/client.h"
#include "dynamo/service_clock.h"
#include "dynamodown/db.h"
#include "sim/sim_scheduler.h"
#include "support/fake_environment.h"
#include "transport/transport.h"

namespace dynamodown_test {

/// The clock of every case: 2026-11-22T12:00:00Z.
inline constexpr int64_t kGoldenTime = 1'795'348'800;
inline constexpr char kGoldenTable[] = "wire-people";
inline constexpr char kGoldenStore[] = "wire-people/kim";
inline constexpr char kGoldenAccessKey[] = "AKIDEXAMPLE";
inline constexpr char kGoldenSecret[] =
    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A copy of a request that was sent.
struct SentRequest {
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The file's text.
  std::string Text() const;
  std::string Header(std::string_view name) const;
  /// "GetItem"; empty for a request that is no operation.
  std::string Operation() const;
};

/// Answers from a case's files, in order, and keeps the requests.
class GoldenTransport final : public dynamodown::Transport {
 public:
  /// The texts of answer files.
  explicit GoldenTransport(std::vector<std::string> answers)
      : answers_(std::move(answers)) {}

  /// While on, it answers any GetItem with a descriptor, and keeps nothing.
  void set_opening(bool on) { opening_ = on; }

  dynamodown::Result<void, dynamodown::NoAnswer> Send(
      const dynamodown::HttpRequest& request, std::chrono::milliseconds timeout,
      dynamodown::HttpResponse* response) override;

  const std::vector<SentRequest>& sent() const { return sent_; }

 private:
  const std::vector<std::string> answers_;
  bool opening_ = false;
  std::vector<SentRequest> sent_;
};

/// One run of a case in its own environment: its clock only advances in waits,
/// and its random numbers depend on the case's name.
class CaseRun {
 public:
  CaseRun(const std::string& name, std::vector<std::string> answers);
  ~CaseRun();

  // A case sets these before it opens a store.

  /// Initially names the keys, so that Open sends no DescribeTable.
  dynamodown::Options options;
  std::map<std::string, std::string> environment;
  dynamodown::OpenEnvironment open_environment;
  /// The keys of the table that a service must have for the case's requests.
  KeyNames names;
  /// Sets `names`, and `options` accordingly.
  void SetNames(const KeyNames& keys);

  /// Opens an existing store; its requests are not part of the case.
  dynamodown::Database* Open(const std::string& location = kGoldenStore);
  dynamodown::Database* db() { return db_.get(); }
  /// A client that makes one attempt per Send, for operations that no call of
  /// the API sends in this form.
  dynamodown::Client* client();

  // The result, one line each.

  void Say(const std::string& line) { result_ += line + "\n"; }
  /// "put: OK".
  void Say(const std::string& what, const leveldb::Status& status);
  /// Waits for everything under way, and prints what the calls since Open or
  /// the last SayStats counted.
  void SayStats();
  void SayStats(const dynamodown::Stats& stats);

  /// Waits for everything under way, and closes.
  void Finish();
  const std::vector<SentRequest>& sent() const { return transport_.sent(); }
  const std::string& result() const { return result_; }

 private:
  class Credentials;

  GoldenTransport transport_;
  dynamodown::SimScheduler scheduler_;
  dynamodown::SimClock clock_;
  dynamodown::Random random_;
  std::unique_ptr<Credentials> credentials_;
  dynamodown::ServiceClock service_clock_{&clock_};
  std::unique_ptr<dynamodown::Client> client_;
  std::unique_ptr<dynamodown::Database> db_;
  dynamodown::Stats before_;
  std::string result_;
};

/// Returns `bytes` in quotes, with \xNN for all but printable ASCII.
std::string Quoted(std::string_view bytes);

/// Describes the first difference, for people; empty if both are equal.
std::string DifferenceOf(std::string_view expected, std::string_view actual);

/// **Errors**: throws std::runtime_error, which fails the test.
std::string ReadWhole(const std::string& path);
void WriteWhole(const std::string& path, std::string_view text);

/// Returns the texts of `folder`/1.answer, 2.answer ...
std::vector<std::string> AnswersIn(const std::string& folder);

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_WIRE_GOLDEN_H_
