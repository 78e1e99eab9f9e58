// The descriptor of a store: one item that has the store's id, format and
// state (docs/format.md). The item is in the hash key "<store>/.dynamodown".

#ifndef DYNAMODOWN_STORE_DESCRIPTOR_H_
#define DYNAMODOWN_STORE_DESCRIPTOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dynamo/item.h"
#include "dynamo/limits.h"
#include "store/table/schema.h"

namespace dynamodown {

inline constexpr std::string_view kAuxSuffix = "/.dynamodown";
inline constexpr std::string_view kDescriptorKey = "descriptor";
inline constexpr int64_t kDescriptorVersion = 1;
/// New ids have this many hexadecimal digits.
inline constexpr size_t kStoreIdBytes = 32;

struct Descriptor {
  int64_t version = 1;
  std::string id;
  std::string created;                ///< ISO 8601 in UTC.
  std::string mode;                   ///< "shared" in all stores so far.
  std::vector<std::string> features;  ///< The attribute `requires`.
  bool destroying = false;
};

/// Checks the name of a store. **Errors**: kInvalidArgument.
Result<void> CheckStoreName(const std::string& store, const Limits& limits);

/// Returns the hash key of the items that the library keeps beside `store`.
std::string AuxHash(std::string_view store);

Key DescriptorKey(const Schema& schema, std::string_view store);

/// Returns the name of a descriptor's attribute. This is `name`, with "_"
/// appended until the result differs from the names of the table's keys.
std::string DescriptorAttribute(const Schema& schema, std::string_view name);

Item EncodeDescriptor(const Schema& schema, std::string_view store,
                      const Descriptor& descriptor);
/// **Errors**: kCorruption, if an attribute has another type or form than
/// EncodeDescriptor gives it.
Result<Descriptor> DecodeDescriptor(const Schema& schema, const Item& item);

/// Checks that this version of the library may open the store. **Errors**:
/// kDestroying, kNotSupported.
Result<void> CheckDescriptor(const Descriptor& descriptor);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_DESCRIPTOR_H_
