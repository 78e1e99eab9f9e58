// The part of FakeDynamo for tests: the faults they ask for, and their
// observations. It shares only the mutex with a request's path in
// fake_dynamo.cc.

#include <algorithm>
#include <utility>

#include "fake/fake_dynamo.h"
#include "fake/faults/fault_answers.h"
#include "fake/http/http_answer.h"
#include "fake/operations/service.h"

namespace dynamodown {

using fake::ErrorAnswer;
using fake::Json;
using fake::ScriptedFault;

void FakeDynamo::FailNext(std::string operation, int n, int status,
                          std::string code, std::string message) {
  // Without a code, the answer is still the service's JSON.
  std::string body = code.empty() ? Json{{"message", message}}.dump()
                                  : ErrorAnswer{status, code, message}.Body();
  std::lock_guard<std::mutex> lock(mutex_);
  script_.Add({std::move(operation), n, ScriptedFault::Kind::kAnswer, status,
               std::move(body)});
}

void FakeDynamo::CancelNext(int n, std::vector<std::string> codes) {
  const ErrorAnswer cancelled =
      fake::CancelledAnswer(codes, "As the test wants it");
  std::lock_guard<std::mutex> lock(mutex_);
  script_.Add({"TransactWriteItems", n, ScriptedFault::Kind::kAnswer,
               cancelled.status, cancelled.Body()});
}

void FakeDynamo::LoseAnswersNext(std::string operation, int n) {
  std::lock_guard<std::mutex> lock(mutex_);
  script_.Add(
      {std::move(operation), n, ScriptedFault::Kind::kLoseAnswer, 0, ""});
}

void FakeDynamo::RefuseNext(std::string operation, int n) {
  std::lock_guard<std::mutex> lock(mutex_);
  script_.Add({std::move(operation), n, ScriptedFault::Kind::kRefuse, 0, ""});
}

void FakeDynamo::LeaveUnprocessed(std::function<bool()> choose) {
  std::lock_guard<std::mutex> lock(mutex_);
  choose_unprocessed_ = std::move(choose);
}

void FakeDynamo::CutPages(std::function<size_t()> items_max) {
  std::lock_guard<std::mutex> lock(mutex_);
  page_items_max_ = std::move(items_max);
}

void FakeDynamo::set_page_items_max(size_t n) {
  CutPages([n] { return n; });
}

void FakeDynamo::set_table_ready_after(int describes) {
  std::lock_guard<std::mutex> lock(mutex_);
  service_->set_table_ready_after(describes);
}

void FakeDynamo::set_before_hook(Hook hook) {
  std::lock_guard<std::mutex> lock(mutex_);
  before_hook_ = std::move(hook);
}

void FakeDynamo::set_after_hook(Hook hook) {
  std::lock_guard<std::mutex> lock(mutex_);
  after_hook_ = std::move(hook);
}

void FakeDynamo::ClearFaults() {
  std::lock_guard<std::mutex> lock(mutex_);
  script_.Clear();
  choose_unprocessed_ = nullptr;
  page_items_max_ = nullptr;
  before_hook_ = nullptr;
  after_hook_ = nullptr;
  service_->set_table_ready_after(0);
}

std::vector<FakeDynamo::Seen> FakeDynamo::seen() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return seen_;
}

size_t FakeDynamo::count(std::string_view operation) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<size_t>(
      std::count_if(seen_.begin(), seen_.end(), [&](const Seen& seen) {
        return operation.empty() || seen.operation == operation;
      }));
}

void FakeDynamo::Clear() {
  std::lock_guard<std::mutex> lock(mutex_);
  CatchUp(Now());
  seen_.clear();
  read_units_ = 0;
  write_units_ = 0;
}

double FakeDynamo::read_units() const {
  std::lock_guard<std::mutex> lock(mutex_);
  CatchUp(Now());
  return read_units_;
}

double FakeDynamo::write_units() const {
  std::lock_guard<std::mutex> lock(mutex_);
  CatchUp(Now());
  return write_units_;
}

size_t FakeDynamo::ItemCount(const std::string& table) const {
  std::lock_guard<std::mutex> lock(mutex_);
  CatchUp(Now());
  return service_->ItemCount(table);
}

size_t FakeDynamo::PartitionCount(const std::string& table) const {
  std::lock_guard<std::mutex> lock(mutex_);
  CatchUp(Now());
  return service_->PartitionCount(table);
}

}  // namespace dynamodown
