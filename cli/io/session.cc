#include "io/session.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "io/message.h"
#include "io/request_log.h"
#include "io/summary.h"

namespace cli {
namespace {

// The consumption of the sessions with --verbose since the last PrintTotals.
std::optional<dynamodown::Stats> totals;

void Add(const dynamodown::Stats& stats) {
  if (!totals) totals.emplace();
  totals->requests += stats.requests;
  totals->retries += stats.retries;
  totals->read_units += stats.read_units;
  totals->write_units += stats.write_units;
}

// Whether Open failed because of error_if_exists. The first ending is ours, the
// second is LevelDB's.
bool IsExistingStore(std::string_view text) {
  return text.ends_with(": exists") ||
         text.ends_with(": exists (error_if_exists is true)");
}

/// Appends the doctor's command to an InvalidArgument of Open whose cause the
/// doctor can find, such as a missing region. The doctor cannot help with a
/// mistake in the location itself, with a missing store, or with a store that
/// exists already.
leveldb::Status WithDoctor(const leveldb::Status& status,
                           const std::string& location) {
  constexpr std::string_view kCode = "Invalid argument: ";
  constexpr std::string_view kInLocation = "location: ";
  const std::string text = status.ToString();
  if (!status.IsInvalidArgument() || dynamodown::IsMissingStore(status) ||
      !text.starts_with(kCode) || IsExistingStore(text) ||
      text.compare(kCode.size(), kInLocation.size(), kInLocation) == 0) {
    return status;
  }
  return leveldb::Status::InvalidArgument(text.substr(kCode.size()) + "; " +
                                          DoctorAdvice(location));
}

// Warns once if this machine's clock is off by more than a minute, even if the
// measurement has its greatest error. The library corrects the time of
// signatures, but not timestamps.
void WarnOfClock(const dynamodown::Stats& stats) {
  constexpr int64_t kOffMsMax = 60'000;
  static bool has_warned = false;
  const int64_t off = std::abs(stats.clock_offset_ms);
  if (stats.clock_error_ms < 0 || off - stats.clock_error_ms <= kOffMsMax ||
      std::exchange(has_warned, true)) {
    return;
  }
  Note(fmt::format(
      "warning: this machine's clock is {} seconds {} the "
      "service's clock; set it, by NTP for instance",
      (off + 500) / 1000, stats.clock_offset_ms > 0 ? "behind" : "ahead of"));
}

dynamodown::Stats Difference(dynamodown::Stats now,
                             const dynamodown::Stats& before) {
  now.requests -= before.requests;
  now.retries -= before.retries;
  now.read_units -= before.read_units;
  now.write_units -= before.write_units;
  return now;
}

KeptStore* kept = nullptr;  // The one that exists, if any.

}  // namespace

void PrintTotals() {
  if (!totals) return;
  const std::string line =
      "* " + CountText(totals->requests, "request") + ", " +
      (totals->retries == 1 ? "1 retry"
                            : fmt::format("{} retries", totals->retries)) +
      ", " + UnitText(totals->read_units, "read unit") + ", " +
      UnitText(totals->write_units, "write unit") + '\n';
  std::fputs(line.c_str(), stderr);
  totals.reset();
}

KeptStore::KeptStore(const CommonOptions& common) : common_(common) {
  kept = this;
}

KeptStore::~KeptStore() { kept = nullptr; }

void KeptStore::Use(bool used) {
  used_ = used;
  if (!used) store_.reset();
}

Session::Session(const CommonOptions& common)
    : common_(common), options_(common.store) {
  uses_kept_ = kept != nullptr && kept->used_ &&
               kept->common_.location == common.location;
  if (!common.verbose) return;
  log_ = NewRequestLog();
  options_.info_log = log_.get();
}

Session::~Session() {
  if (store_ != nullptr) stats_ = Difference(db()->GetStats(), at_start_);
  if (common_.verbose && stats_) Add(*stats_);
  if (stats_) WarnOfClock(*stats_);
}

dynamodown::Options& Session::options() {
  if (uses_kept_) kept->store_.reset();
  uses_kept_ = false;
  return options_;
}

dynamodown::Stats Session::Consumed() {
  if (store_ != nullptr) return Difference(db()->GetStats(), at_start_);
  return stats_.value_or(dynamodown::Stats());
}

leveldb::Status Session::Open() {
  if (!uses_kept_) return OpenOwn();
  if (kept->store_ == nullptr) {
    // Use the options of the kept store: this command's options are the same,
    // or have no effect.
    options_ = kept->common_.store;
    options_.info_log = log_.get();
    const leveldb::Status status = OpenOwn();
    kept->store_ = store_;
    return status;
  }
  store_ = kept->store_;
  at_start_ = db()->GetStats();
  return leveldb::Status::OK();
}

leveldb::Status Session::OpenOwn() {
  dynamodown::Database* db = nullptr;
  dynamodown::Stats failed;
  const leveldb::Status status =
      dynamodown::Open(options_, common_.location, &db, &failed);
  if (!status.ok()) {
    if (common_.verbose && failed.requests > 0) Add(failed);
    return WithDoctor(status, common_.location);
  }
  store_ = std::make_shared<OpenStore>();
  store_->log = std::move(log_);
  store_->db.reset(db);
  return status;
}

leveldb::Status Session::OpenToWrite() {
  const leveldb::Status status = Open();
  return status.ok() ? CheckNoItems() : status;
}

leveldb::Status Session::CheckNoItems() {
  if (common_.force) return leveldb::Status::OK();
  std::string value;
  const leveldb::Status found =
      db()->Get(dynamodown::ReadOptions(), kItemsIdKey, &value);
  if (found.IsNotFound()) return leveldb::Status::OK();
  if (!found.ok()) return found;
  return leveldb::Status::InvalidArgument(
      common_.location +
      " holds items, and plain keys among them make reads of the items fail; "
      "write items with dynamodown item, or plain keys with --force");
}

}  // namespace cli
