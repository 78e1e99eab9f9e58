// The records of one item, and the algebra on them. Pure: no I/O.
//
// The records of an item are operations and bases. S is a set of such records.
// A base is what a flatten leaves. It has:
//
//   T     the timestamp of the last operation that the flatten folded
//   item  the item as of T
//   h     the hash of all changes up to T
//   seen  a timestamp for each replica: the replica's operations up to that
//         timestamp are folded in the base, or settled
//   done  the late records that are settled
//
//   operation x is below base B  iff
//       x.ts <= B.seen[replica of x], or x.ts = T
//   base B' is below base B  iff
//       (T', h') <= (T, h), and seen' <= seen, and done' is a subset of done,
//       and either (T', h') = (T, h) or T' <= B.seen[replica of T']
//   Norm(S)       = the records of S that are below no other record of S
//   Merge(S1, S2) = Norm(S1 u S2)
//
// "Below" is a partial order, and Merge keeps the maximal records of a union.
// So Merge is commutative, associative and idempotent, and stores that exchange
// records in any order, any number of times, become equal.
//
// View(S) divides the records of Norm(S) into kinds. B is the base with the
// greatest (T, h). The operations above B's T are live. Every other record,
// except B, is late, unless B or a live `settle` operation names that record as
// settled. (Another base with B's T and h has the same content, and is not
// late.)

#ifndef DYNO_ITEM_RECORDS_H_
#define DYNO_ITEM_RECORDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dyno/flake.h"

namespace dyno {

struct OperationRecord {
  std::string key;  ///< The whole key, as it is stored.
  std::string value;
  Flake timestamp;
  std::string_view operation() const {
    return std::string_view(key).substr(key.rfind('/') + 1);
  }
};

struct BaseRecord {
  Flake timestamp;   ///< T.
  std::string item;  ///< JSON text; empty if the item does not exist.
  uint64_t changes = 0;
  std::string hash;                ///< 64 hex digits.
  std::map<uint64_t, Flake> seen;  ///< By replica.
  std::set<std::string> done;      ///< Late keys.

  // How the base is stored. Not part of its content, and not compared.
  /// In a shared store: the records that this base replaces and that may still
  /// be there, or may arrive again. Each is named by the end of its key,
  /// "TIMESTAMP/OPERATION".
  std::optional<std::vector<std::string>> folds;
  std::string stored;  ///< The value of "~base" as read; empty if not read.
};
bool operator==(const BaseRecord& a, const BaseRecord& b);

struct Records {
  std::vector<OperationRecord> operations;  ///< Sorted by key; each key once.
  std::vector<BaseRecord> bases;  ///< Sorted by (T, h), then by the rest.
};
bool operator==(const Records& a, const Records& b);

bool IsBelow(const OperationRecord& x, const BaseRecord& base);
/// Whether an operation with this timestamp is below `base`.
bool IsBelow(const Flake& timestamp, const BaseRecord& base);
/// Also true if the two bases are equal.
bool IsBelow(const BaseRecord& lower, const BaseRecord& base);

/// The name of a record in a call of Settle and in `done`:
/// "TIMESTAMP/OPERATION" or "TIMESTAMP/~base/HASH", without the item's name.
std::string LateKey(const OperationRecord& x);
std::string LateKey(const BaseRecord& base);

Records Norm(Records records);

/// Norm of the union. If two records have the same key and different bytes, the
/// record with the greater bytes stays, and its key is added to `*conflicts`
/// unless `conflicts` is null.
Records Merge(const Records& a, const Records& b,
              std::vector<std::string>* conflicts = nullptr);

/// The records of an item, divided into the kinds described above. The pointers
/// point into the Records that ViewOf was called with.
struct View {
  const BaseRecord* base = nullptr;  ///< Null if there is none.
  std::vector<const OperationRecord*> live;
  std::vector<const OperationRecord*> late_operations;
  std::vector<const BaseRecord*> late_bases;
  std::vector<const OperationRecord*> settled_operations;
  std::vector<const BaseRecord*> settled_bases;
  /// The bases with the T and hash of `base`, including `base` itself.
  std::vector<const BaseRecord*> same_bases;

  bool has_late() const {
    return !late_operations.empty() || !late_bases.empty();
  }
};

View ViewOf(const Records& records);

/// The keys that a settle's value names; none if the value is damaged.
std::vector<std::string> SettledBy(const OperationRecord& settle);

}  // namespace dyno

#endif  // DYNO_ITEM_RECORDS_H_
