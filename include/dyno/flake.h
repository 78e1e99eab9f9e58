// Timestamps: ids of operations that are unique in all stores, and in order.
//
//     013d58c7276e-0000-188c-786ae2e1f629
//     milliseconds since 1970, a counter, the writer's slot, the store's
//     replica
//
// in lower-case hex digits. As text they are ordered as the operations are.
// Slots and replicas are given out by the store (see store.h), so that no two
// writers have the same; no network card or process id is asked for.

#ifndef DYNO_FLAKE_H_
#define DYNO_FLAKE_H_

#include <cstdint>
#include <string>

#include "leveldb/slice.h"

namespace dyno {

/// **Thread-safety**: a value, as an int is.
struct Flake {
  uint64_t milliseconds = 0;  ///< Since 1970-01-01T00:00:00Z; 48 bits.
  uint16_t counter = 0;
  uint16_t slot = 0;
  uint64_t replica = 0;  ///< 48 bits.

  static constexpr size_t kBytes = 35;  ///< Of a timestamp as text.

  std::string ToString() const;

  /// "2013-03-11T09:27:59.598Z": when that was by the writer's clock, which may
  /// run ahead of the time of day.
  std::string ToTime() const;

  /// Sets `*flake`; false, and it is unchanged, for what is no timestamp.
  static bool Parse(const leveldb::Slice& text, Flake* flake);

  /// The greatest timestamp that begins with `text`, which is a timestamp or
  /// its first one, two or three parts: so "013d58c7276e" means the end of that
  /// millisecond. False, and `*flake` is unchanged, for anything else.
  static bool ParseBound(const leveldb::Slice& text, Flake* flake);

  /// The first two parts as one number.
  uint64_t clock() const { return milliseconds << 16 | counter; }
};

inline bool operator==(const Flake& a, const Flake& b) {
  return a.clock() == b.clock() && a.slot == b.slot && a.replica == b.replica;
}
inline bool operator!=(const Flake& a, const Flake& b) { return !(a == b); }
inline bool operator<(const Flake& a, const Flake& b) {
  if (a.clock() != b.clock()) return a.clock() < b.clock();
  if (a.slot != b.slot) return a.slot < b.slot;
  return a.replica < b.replica;
}
inline bool operator>(const Flake& a, const Flake& b) { return b < a; }
inline bool operator<=(const Flake& a, const Flake& b) { return !(b < a); }
inline bool operator>=(const Flake& a, const Flake& b) { return !(a < b); }

}  // namespace dyno

#endif  // DYNO_FLAKE_H_
