#include "session.h"

#include <fmt/format.h>

#include <cstdio>

#include "request_log.h"

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

Session::Session(const CommandLine& line)
    : line_(line), options_(line.options) {
  if (!line.verbose) return;
  log_ = NewRequestLog();
  options_.info_log = log_.get();
}

Session::~Session() {
  if (db_ != nullptr) stats_ = db_->GetStats();
  if (line_.verbose && stats_) PrintStats(*stats_);
}

leveldb::Status Session::Open() {
  dynamodown::Database* db = nullptr;
  const leveldb::Status status =
      dynamodown::Open(options_, line_.location, &db);
  db_.reset(db);
  return status;
}

}  // namespace cli
