// An edit is a sequence of fields (db/version_edit.cc of LevelDB). A field has
// a tag, which is a varint, and values. Below, n is a varint, and s is a length
// and that many bytes.
//
//     1 comparator s    2 log number n    3 next file number n
//     4 last sequence n    5 compaction pointer: level n, key s
//     6 deleted table: level n, number n
//     7 new table: level n, number n, bytes n, smallest key s, largest key s
//     9 previous log number n

#include "leveldb_util/manifest.h"

#include <utility>

#include "leveldb_util/decoder.h"

namespace dynamodown {
namespace {

bool ApplyNewTable(Decoder* decoder, Manifest* manifest) {
  uint64_t number = 0;
  Manifest::Table table;
  std::string_view smallest, largest;
  if (!decoder->Varint(&table.level) || !decoder->Varint(&number) ||
      !decoder->Varint(&table.bytes) || !decoder->Bytes(&smallest) ||
      !decoder->Bytes(&largest)) {
    return false;
  }
  table.smallest = smallest;
  table.largest = largest;
  manifest->tables[number] = std::move(table);
  return true;
}

bool ApplyDeletedTable(Decoder* decoder, Manifest* manifest) {
  uint64_t level = 0, number = 0;
  if (!decoder->Varint(&level) || !decoder->Varint(&number)) return false;
  // An edit moves a table to another level by deleting it and adding it again.
  const auto table = manifest->tables.find(number);
  if (table != manifest->tables.end() && table->second.level == level) {
    manifest->tables.erase(table);
  }
  return true;
}

bool ApplyField(uint64_t tag, Decoder* decoder, Manifest* manifest) {
  uint64_t number = 0;
  std::string_view bytes;
  const auto set = [&](std::optional<uint64_t>* field) {
    if (!decoder->Varint(&number)) return false;
    *field = number;
    return true;
  };
  switch (tag) {
    case 1:
      if (!decoder->Bytes(&bytes)) return false;
      manifest->comparator = bytes;
      return true;
    case 2:
      return set(&manifest->log_number);
    case 3:
      return set(&manifest->next_file_number);
    case 4:
      return set(&manifest->last_sequence);
    case 5:
      return decoder->Varint(&number) && decoder->Bytes(&bytes);
    case 6:
      return ApplyDeletedTable(decoder, manifest);
    case 7:
      return ApplyNewTable(decoder, manifest);
    case 9:
      return decoder->Varint(&manifest->previous_log_number);
    default:
      manifest->unknown_tag = tag;
      return false;
  }
}

}  // namespace

bool ApplyEdit(std::string_view edit, Manifest* manifest) {
  Decoder decoder(edit);
  while (!decoder.empty()) {
    uint64_t tag = 0;
    if (!decoder.Varint(&tag) || !ApplyField(tag, &decoder, manifest)) {
      return false;
    }
  }
  return true;
}

}  // namespace dynamodown
