#include "io/session.h"

#include <fmt/format.h>

#include <cstdio>

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

}  // namespace cli
