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

/// K of one replica.
struct Known {
  Flake known;  ///< The store holds all of the replica's operations up to here.
  bool forgotten = false;
  Flake since;  ///< When `forgotten` was last decided; the newer one counts.
};
std::string EncodeKnown(const Known& known);
/// **Errors**: Corruption that names `key`.
Result<Known> DecodeKnown(std::string_view key, std::string_view value);

/// How far two stores have read each other's logs.
struct Peer {
  std::map<uint16_t, Flake> cursor;  ///< In the other one's log, by slot.
  std::map<uint16_t, Flake> acked;   ///< The other one's cursor in this log.
  std::string met;                   ///< Equal in both after a whole Sync.
};
std::string EncodePeer(const Peer& peer);
/// **Errors**: Corruption that names `key`.
Result<Peer> DecodePeer(std::string_view key, std::string_view value);

}  // namespace dyno

#endif  // DYNO_SYNC_PEER_CODEC_H_
