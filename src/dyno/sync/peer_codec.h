// The records that a store keeps about other stores.
//
//     %dyno/k/REPLICA   a timestamp as JSON; or {"known": timestamp,
//                       "forgotten": ..., "since": timestamp}
//     %dyno/p/REPLICA   {"cursor": {SLOT: timestamp}, "acked": {SLOT:
//                       timestamp}, "met": RANDOM}

#ifndef DYNO_SYNC_PEER_CODEC_H_
#define DYNO_SYNC_PEER_CODEC_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "dyno/flake.h"
#include "dyno/item/result.h"

namespace dyno {

/// What a store knows of one replica.
struct Known {
  /// The store holds all of the replica's operations up to this timestamp.
  Flake known;
  bool forgotten = false;
  /// When `forgotten` was last decided. If two stores decided differently, the
  /// newer decision counts.
  Flake since;
};
std::string EncodeKnown(const Known& known);
/// **Errors**: Corruption that names `key`.
Result<Known> DecodeKnown(std::string_view key, std::string_view value);

/// How far two stores have read each other's logs.
struct Peer {
  /// How far this store has read the other store's log, by slot.
  std::map<uint16_t, Flake> cursor;
  /// How far the other store has read this store's log, by slot.
  std::map<uint16_t, Flake> acked;
  /// A random number, equal in both stores after a Sync that was not cut off.
  std::string met;
};
std::string EncodePeer(const Peer& peer);
/// **Errors**: Corruption that names `key`.
Result<Peer> DecodePeer(std::string_view key, std::string_view value);

}  // namespace dyno

#endif  // DYNO_SYNC_PEER_CODEC_H_
