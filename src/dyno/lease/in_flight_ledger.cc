#include "dyno/lease/in_flight_ledger.h"

#include <algorithm>

#include "dyno/item/timestamps.h"

namespace dyno {
namespace {

using leveldb::Status;

bool Overlaps(const std::vector<Flake>& a, const std::vector<Flake>& b) {
  return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

}  // namespace

// ---------------------------------------------------------------- timestamps

std::vector<Flake> InFlightLedger::Issue(size_t count, uint64_t wall,
                                         uint16_t slot, uint64_t replica,
                                         Issuer issuer) {
  std::vector<Flake> timestamps;
  for (size_t i = 0; i < count; ++i) {
    Flake flake = EndOf(clock_.Next(wall));
    flake.slot = slot;
    flake.replica = replica;
    timestamps.push_back(flake);
    in_flight_.insert(in_flight_.end(), flake);
  }
  NoteLast(issuer, timestamps.back());
  return timestamps;
}

Status InFlightLedger::Adopt(const Flake& timestamp) {
  if (timestamp <= promised_ && !is_in_flight(timestamp)) {
    return Status::InvalidArgument(
        "the timestamp " + timestamp.ToString() +
        " is not above what the store has promised to others, " +
        promised_.ToString());
  }
  clock_.Pass(timestamp.clock());
  in_flight_.insert(timestamp);
  NoteLast(Issuer::kUsers, timestamp);
  return Status::OK();
}

void InFlightLedger::Done(const std::vector<Flake>& timestamps) {
  for (const Flake& each : timestamps) {
    in_flight_.erase(each);
    in_doubt_.erase(each);
  }
}

void InFlightLedger::Doubt(const TimestampedWrite& write) {
  doubted_.push_back(write);
  for (const Flake& each : write.timestamps) {
    if (is_in_flight(each)) in_doubt_.insert(each);
  }
}

void InFlightLedger::Settle(const std::vector<Flake>& timestamps) {
  doubted_.remove_if([&timestamps](const TimestampedWrite& each) {
    return Overlaps(each.timestamps, timestamps);
  });
  Done(timestamps);
}

void InFlightLedger::Abort() {
  in_flight_.clear();
  in_doubt_.clear();
}

// ------------------------------------------------------------------ promises

const Flake& InFlightLedger::Promise(uint64_t wall) {
  if (!in_flight_.empty()) {
    const uint64_t oldest = in_flight_.begin()->clock();
    RaisePromise(EndOf(oldest == 0 ? 0 : oldest - 1));
    return promised_;
  }
  const uint64_t next = clock_.Peek(wall);
  clock_.Pass(next);
  promised_ = EndOf(next);
  return promised_;
}

void InFlightLedger::RaisePromise(const Flake& timestamp) {
  promised_ = std::max(promised_, timestamp);
}

void InFlightLedger::RaiseTold(const Flake& timestamp) {
  told_ = std::max(told_, timestamp);
  RaisePromise(timestamp);
}

// ------------------------------------------------------------------- issuers

void InFlightLedger::NoteLast(Issuer issuer, const Flake& timestamp) {
  Flake& last = last_of_[issuer];
  last = std::max(last, timestamp);
}

void InFlightLedger::NoteOthers(const Flake& timestamp) {
  NoteLast(Issuer::kUsers, timestamp);
}

Flake InFlightLedger::LastOfOthers(Issuer issuer) const {
  Flake last;
  for (const auto& [each, timestamp] : last_of_) {
    if (each != issuer) last = std::max(last, timestamp);
  }
  return last;
}

void InFlightLedger::EndIssuer(Issuer issuer) {
  const auto found = last_of_.find(issuer);
  if (found == last_of_.end()) return;
  const Flake last = found->second;
  last_of_.erase(found);
  NoteLast(Issuer::kUsers, last);
}

}  // namespace dyno
