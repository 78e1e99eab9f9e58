// Timestamps are the ids of operations: unique across all stores, and ordered.
//
//     013d58c7276e-0000-188c-786ae2e1f629
//
// The parts are the milliseconds since 1970, a counter, the writer's slot and
// the store's replica id, in lower-case hex digits. The order of timestamps as
// text is the order of operations. No two writers have the same slot and
// replica id at the same time (see store.h). A slot's next writer issues only
// timestamps above those of the slot's previous writer. A timestamp does not
// depend on a network card's address or on a process id.

#ifndef DYNO_FLAKE_H_
#define DYNO_FLAKE_H_

#include <cstdint>
#include <string>

#include "leveldb/slice.h"

namespace dyno {

/// A timestamp, in its four parts.
/// **Thread-safety**: that of a plain value, like an int.
struct Flake {
  uint64_t milliseconds = 0;  ///< Since 1970-01-01T00:00:00Z; 48 bits.
  uint16_t counter = 0;
  uint16_t slot = 0;
  uint64_t replica = 0;  ///< 48 bits.

  static constexpr size_t kBytes = 35;  ///< The length as text.

  std::string ToString() const;

  /// The milliseconds as a date and time: "2013-03-11T09:27:59.598Z". This
  /// time may be later than now.
  std::string ToTime() const;

  /// Sets `*flake` to the timestamp `text`. Returns false, and leaves `*flake`
  /// unchanged, if `text` is no timestamp.
  static bool Parse(const leveldb::Slice& text, Flake* flake);

  /// Sets `*flake` to the greatest timestamp that begins with `text`. `text` is
  /// a whole timestamp, or only the first part, the first two parts or the
  /// first three parts of a timestamp. For example, "013d58c7276e" means the
  /// end of that millisecond. Returns false, and leaves `*flake` unchanged, for
  /// any other text.
  static bool ParseBound(const leveldb::Slice& text, Flake* flake);

  /// Returns the milliseconds and the counter as one number.
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
