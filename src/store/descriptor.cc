#include "store/descriptor.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "base/printable.h"

namespace dynamodown {
namespace {

Error Invalid(std::string message) {
  return Error{ErrorKind::kInvalidArgument, std::move(message)};
}

Error Damaged(const std::string& fault) {
  return Error{ErrorKind::kCorruption, "the store's descriptor " + fault +
                                           "; was it written by another "
                                           "program?"};
}

/// Returns the text of the attribute `name`. The text is empty if there is no
/// such attribute. Returns nothing if the attribute is no text.
std::optional<std::string> TextOf(const Item& item, std::string_view name) {
  const AttributeValue* value = Find(item, name);
  if (value == nullptr) return std::string();
  if (value->type != AttributeValue::Type::kS) return std::nullopt;
  return value->text;
}

/// Messages and `info` show the id, which may be a secret that a broken service
/// repeats. So only hexadecimal digits count as an id, and not too many.
bool IsId(std::string_view id) {
  return !id.empty() && id.size() <= kStoreIdBytes &&
         std::ranges::all_of(id, [](char c) {
           return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9');
         });
}

/// Returns "KIND NAME" for a message, with the name of a mode or a feature. Our
/// names are short words of lower-case letters. Any other text is not quoted,
/// since it may be a secret that a broken service repeats.
std::string Named(const std::string& kind, std::string_view name) {
  constexpr size_t kNameBytesMax = 32;
  const bool is_name =
      name.size() <= kNameBytesMax && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      });
  return is_name ? kind + " " + Printable(name)
                 : "a " + kind + " with an odd name";
}

}  // namespace

std::string AuxHash(std::string_view store) {
  return std::string(store).append(kAuxSuffix);
}

Key DescriptorKey(const Schema& schema, std::string_view store) {
  return Key{schema.HashValue(AuxHash(store)),
             schema.RangeValue(std::string(kDescriptorKey))};
}

std::string DescriptorAttribute(const Schema& schema, std::string_view name) {
  std::string free(name);
  while (free == schema.keys.hash_name || free == schema.keys.range_name) {
    free.push_back('_');
  }
  return free;
}

Item EncodeDescriptor(const Schema& schema, std::string_view store,
                      const Descriptor& descriptor) {
  Key key = DescriptorKey(schema, store);
  Item item;
  item.push_back({schema.keys.hash_name, std::move(key.hash)});
  item.push_back({schema.keys.range_name, std::move(key.range)});
  const auto add = [&](std::string_view name, AttributeValue value) {
    item.push_back({DescriptorAttribute(schema, name), std::move(value)});
  };
  add("version", AttributeValue::N(descriptor.version));
  add("id", AttributeValue::S(descriptor.id));
  add("created", AttributeValue::S(descriptor.created));
  add("mode", AttributeValue::S(descriptor.mode));
  if (!descriptor.features.empty()) {
    add("requires", AttributeValue::SS(descriptor.features));
  }
  if (descriptor.destroying) add("state", AttributeValue::S("destroying"));
  return item;
}

Result<Descriptor> DecodeDescriptor(const Schema& schema, const Item& item) {
  Descriptor descriptor;
  const AttributeValue* version =
      Find(item, DescriptorAttribute(schema, "version"));
  if (version == nullptr || version->type != AttributeValue::Type::kN) {
    return Damaged("has no version");
  }
  const std::string& digits = version->text;
  const char* const end = digits.data() + digits.size();
  const auto [read_to, fault] =
      std::from_chars(digits.data(), end, descriptor.version);
  if (fault != std::errc() || read_to != end) {
    return Damaged("has a version that is not a whole number");
  }
  const auto text_of = [&](std::string_view name) {
    return TextOf(item, DescriptorAttribute(schema, name));
  };
  const std::optional<std::string> id = text_of("id");
  const std::optional<std::string> created = text_of("created");
  const std::optional<std::string> mode = text_of("mode");
  const std::optional<std::string> state = text_of("state");
  if (!id || !IsId(*id)) {
    return Damaged("has no id of 1 to " + std::to_string(kStoreIdBytes) +
                   " hexadecimal digits");
  }
  if (!created || (!created->empty() && !ParseTime(*created))) {
    return Damaged("has an attribute \"created\" that is not a time");
  }
  if (!mode || !state) {
    return Damaged("has a mode or a state that is not a string");
  }
  descriptor.id = *id;
  descriptor.created = *created;
  descriptor.mode = *mode;
  descriptor.destroying = *state == "destroying";
  const AttributeValue* features =
      Find(item, DescriptorAttribute(schema, "requires"));
  if (features != nullptr) {
    if (features->type != AttributeValue::Type::kSS) {
      return Damaged(
          "has an attribute \"requires\" that is not a set of strings");
    }
    descriptor.features = features->set;
  }
  return descriptor;
}

Result<void> CheckDescriptor(const Descriptor& descriptor) {
  if (descriptor.destroying) {
    return Error{ErrorKind::kDestroying,
                 "this store is being destroyed; destroy it again to finish, "
                 "then it can be created anew"};
  }
  std::string unknown;
  if (descriptor.version != kDescriptorVersion) {
    unknown = "format version " + std::to_string(descriptor.version);
  } else if (descriptor.mode != "shared") {
    unknown = Named("mode", descriptor.mode);
  } else if (!descriptor.features.empty()) {
    unknown = Named("feature", descriptor.features.front());
  } else {
    return {};
  }
  return Error{ErrorKind::kNotSupported,
               "this store needs " + unknown +
                   ", which this version does not know; use a newer one"};
}

Result<void> CheckStoreName(const std::string& store, const Limits& limits) {
  if (store.empty()) return Invalid("the store's name is empty");
  if (store.find(kAuxSuffix) != std::string::npos) {
    return Invalid("the store's name " + Printable(store) + " contains " +
                   std::string(kAuxSuffix) +
                   ", which is reserved for the library's own items");
  }
  const size_t limit = limits.hash_key_bytes - kAuxSuffix.size();
  if (store.size() > limit) {
    return Invalid("the store's name has " + std::to_string(store.size()) +
                   " bytes; the limit is " + std::to_string(limit));
  }
  return {};
}

}  // namespace dynamodown
