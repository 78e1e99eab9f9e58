#include "io/session.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "io/message.h"
#include "io/request_log.h"
#include "parse/location.h"

namespace cli {
namespace {

bool HasUserInEndpoint(std::string_view location) {
  const size_t endpoint = location.find("endpoint=");
  return endpoint != std::string_view::npos &&
         (location.find('@', endpoint) != std::string_view::npos ||
          location.find("%40", endpoint) != std::string_view::npos);
}

/// Appends the doctor's command to an InvalidArgument of Open whose cause the
/// doctor can find, such as a missing region. The doctor cannot help with a
/// missing store, or with a store that exists already. If the endpoint has an
/// "@", it may have a password, which the command would repeat. So there is no
/// command.
leveldb::Status WithDoctor(const leveldb::Status& status,
                           const std::string& location) {
  if (!status.IsInvalidArgument() || dynamodown::IsMissingStore(status) ||
      dynamodown::IsExistingStore(status) || HasUserInEndpoint(location)) {
    return status;
  }
  constexpr std::string_view kCode = "Invalid argument: ";
  return leveldb::Status::InvalidArgument(
      status.ToString().substr(kCode.size()) + "; " + DoctorAdvice(location));
}

/// If --hash-key is given and DynamoDB rejects the first request, appends that
/// the names of the keys may be wrong: Open trusts the given names, and does
/// not ask for those of the table.
leveldb::Status WithKeyNames(const leveldb::Status& status,
                             const dynamodown::Options& options) {
  if (options.table.hash_key.empty() ||
      dynamodown::KindOf(status) != dynamodown::StatusKind::kRejected) {
    return status;
  }
  constexpr std::string_view kCode = "IO error: ";
  return leveldb::Status::IOError(
      status.ToString().substr(kCode.size()) +
      fmt::format("; perhaps the table's keys have other names than --hash-key "
                  "{} and --range-key {}; without these options, the command "
                  "finds the names",
                  options.table.hash_key, options.table.range_key));
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

}  // namespace

void KeptStore::Use(bool used) {
  used_ = used;
  if (!used) store_.reset();
}

Session::Session(const CommonOptions& common)
    : common_(common), options_(common.store) {
  KeptStore* const kept = common.kept;
  if (kept != nullptr && kept->used_ &&
      kept->common_.location == common.location) {
    kept_ = kept;
  }
  // LevelDB writes other lines into the log than requests.
  if (!common.verbose || IsEmbedded(common.location)) return;
  log_ = NewRequestLog();
  options_.info_log = log_.get();
}

Session::~Session() {
  if (warns_of_clock_) WarnOfClock(options_.stats_sum->Read());
}

dynamodown::Options& Session::options() {
  DoNotUseKept();
  return options_;
}

void Session::DoNotUseKept() {
  if (kept_ != nullptr) kept_->store_.reset();
  kept_ = nullptr;
}

leveldb::Status Session::Open() {
  if (kept_ == nullptr) return OpenOwn();
  if (kept_->store_ == nullptr) {
    // Use the options of the kept store: this command's options are the same,
    // or have no effect.
    options_ = kept_->common_.store;
    options_.info_log = log_.get();
    const leveldb::Status status = OpenOwn();
    kept_->store_ = store_;
    return status;
  }
  store_ = kept_->store_;
  return leveldb::Status::OK();
}

leveldb::Status Session::OpenOwn() {
  const std::string& location = common_.location;
  // The doctor cannot help with a mistake in the location itself.
  leveldb::Status status = dynamodown::CheckLocation(options_, location);
  if (!status.ok()) return status;
  dynamodown::Database* db = nullptr;
  status = dynamodown::Open(options_, location, &db);
  if (!status.ok()) return WithDoctor(WithKeyNames(status, options_), location);
  store_ = std::make_shared<OpenStore>();
  store_->log = std::move(log_);
  store_->db.reset(db);
  return status;
}

leveldb::Status Session::OpenToWrite(const char* instead) {
  const leveldb::Status status = Open();
  return status.ok() ? CheckNoItems(instead) : status;
}

leveldb::Status Session::CheckNoItems(const char* instead) {
  if (common_.force) return leveldb::Status::OK();
  std::string value;
  const leveldb::Status found =
      db()->Get(dynamodown::ReadOptions(), kItemsIdKey, &value);
  if (found.IsNotFound()) return leveldb::Status::OK();
  if (!found.ok()) return found;
  return leveldb::Status::InvalidArgument(
      common_.location +
      " holds items, and plain keys among them make reads of the items fail; " +
      instead);
}

}  // namespace cli
