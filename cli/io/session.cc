#include "io/session.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "io/request_log.h"

namespace cli {
namespace {

void PrintStats(const dynamodown::Stats& stats) {
  std::fputs(fmt::format("* {} requests, {} retries, {} read units, {} write "
                         "units\n",
                         stats.requests, stats.retries, stats.read_units,
                         stats.write_units)
                 .c_str(),
             stderr);
}

}  // namespace

Session::Session(const CommonOptions& common)
    : common_(common), options_(common.store) {
  if (!common.verbose) return;
  log_ = NewRequestLog();
  options_.info_log = log_.get();
}

Session::~Session() {
  if (db_ != nullptr) stats_ = db_->GetStats();
  if (common_.verbose && stats_) PrintStats(*stats_);
}

leveldb::Status Session::Open() {
  dynamodown::Database* db = nullptr;
  const leveldb::Status status =
      dynamodown::Open(options_, common_.location, &db);
  db_.reset(db);
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
      db_->Get(dynamodown::ReadOptions(), kItemsIdKey, &value);
  if (found.IsNotFound()) return leveldb::Status::OK();
  if (!found.ok()) return found;
  return leveldb::Status::InvalidArgument(
      common_.location +
      " holds items, and plain keys among them make reads of the items fail; "
      "write items with dynamodown item, or plain keys with --force");
}

}  // namespace cli
