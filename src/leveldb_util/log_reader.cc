// The format (doc/log_format.md of LevelDB): blocks of 32 KB, the last of which
// may be shorter. A block has fragments, and fewer than 7 unused bytes at its
// end.
//
//     fragment = checksum (4 bytes) length (2 bytes) type (1 byte) data
//     checksum = the masked CRC-32C of the type and the data
//     type     = 1 (a whole record), 2, 3 or 4 (a record's first, middle and
//                last fragment)
//
// Numbers have their least significant byte first.
//
// A crash leaves a prefix of what LevelDB wrote. After a power failure, zeros
// may follow, where the file system had made room for data. So the end of a
// file is torn, not damaged, if
//
// * its last fragment has a header that LevelDB may have written, and is longer
//   than the file, or ends in zeros that go on to the end of the file,
// * no other length makes it a whole fragment,
// * no whole fragment is behind it, and
// * its data does not complete a batch, which says how many operations it has.
//
// LevelDB writes each fragment of a record with one call. If its process is
// killed between two fragments, the record has no end, but each fragment is
// whole. A later process may append to this log. It does not count the
// unfinished batch, so its first batch has the same sequence number. If damage
// had hidden the end of a batch, the next batch would have a greater number.

#include "leveldb_util/log_reader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "leveldb_util/crc32c.h"
#include "leveldb_util/decoder.h"
#include "leveldb_util/log_batch.h"

namespace dynamodown {
namespace {

constexpr size_t kBlockBytes = 32768;
constexpr size_t kHeaderBytes = 7;
constexpr size_t kTypeAt = 6;         // The type's position in the header.
constexpr size_t kSequenceBytes = 8;  // A batch begins with its number.
constexpr int kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4;

struct Header {
  uint64_t checksum = 0;
  uint64_t length = 0;
  int type = 0;
};

/// Requires at least kHeaderBytes bytes.
Header HeaderOf(std::string_view bytes) {
  Header header;
  uint64_t type = 0;
  Decoder decoder(bytes);
  decoder.Fixed(4, &header.checksum);
  decoder.Fixed(2, &header.length);
  decoder.Fixed(1, &type);
  header.type = static_cast<int>(type);
  return header;
}

bool IsType(int type) { return type >= kFull && type <= kLast; }

/// Whether `bytes` begin with a fragment that is whole and undamaged.
bool IsFragment(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes) return false;
  const Header header = HeaderOf(bytes);
  return IsType(header.type) && header.length <= bytes.size() - kHeaderBytes &&
         MaskedCrc32c(Crc32c(bytes.substr(kTypeAt, 1 + header.length))) ==
             header.checksum;
}

/// Whether `bytes`, which begin with a header, would be a fragment if the
/// header's length were another one.
bool IsFragmentOfOtherLength(std::string_view bytes) {
  const uint64_t checksum = HeaderOf(bytes).checksum;
  uint32_t crc = 0;
  for (size_t i = kTypeAt; i < bytes.size(); ++i) {
    crc = ExtendCrc32c(crc, bytes.substr(i, 1));
    if (MaskedCrc32c(crc) == checksum) return true;
  }
  return false;
}

bool IsZero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

}  // namespace

bool LogReader::IsWholeBatch(std::string_view record) const {
  LogBatch batch;
  return records_ == Records::kBatches && DecodeBatch(record, &batch) &&
         !batch.operations.empty();
}

/// Whether `next`, the beginning of a record, shows that the record
/// `unfinished` was never complete.
bool LogReader::IsAbandoned(std::string_view unfinished,
                            std::string_view next) const {
  const size_t compared = std::min(unfinished.size(), kSequenceBytes);
  return records_ == Records::kBatches &&
         next.substr(0, compared) == unfinished.substr(0, compared);
}

void LogReader::AddDamage(uint64_t offset, uint64_t bytes, const char* reason) {
  damage_.push_back({offset, bytes, reason});
}

bool LogReader::ReadBlock() {
  if (is_last_block_) return false;
  block_offset_ += block_.size();
  block_.clear();
  position_ = 0;
  const auto scratch = std::make_unique<char[]>(kBlockBytes);
  while (block_.size() < kBlockBytes) {
    leveldb::Slice read;
    status_ = file_->Read(kBlockBytes - block_.size(), &read, scratch.get());
    if (!status_.ok() || read.empty()) {
      is_last_block_ = true;
      break;
    }
    block_.append(read.data(), read.size());
  }
  return status_.ok() && !block_.empty();
}

/// Whether `rest` is the beginning of a fragment, perhaps followed by zeros. If
/// so, and if only zeros follow `rest`, the file is torn. Requires that `rest`
/// does not begin with a whole fragment.
bool LogReader::MayBeTorn(std::string_view rest) const {
  const Header header = HeaderOf(rest);
  const size_t end = kHeaderBytes + header.length;
  // No fragment goes on in the next block.
  if (position_ + end > kBlockBytes) return false;
  const size_t data_bytes = rest.find_last_not_of('\0') + 1;
  if (data_bytes < kHeaderBytes) return true;  // The header is cut.
  if (end > rest.size()) return IsType(header.type);
  if (!IsType(header.type) || end <= data_bytes) return false;
  // If the file ends here, the fragment must need another one. Otherwise it was
  // complete, and is damaged.
  const bool needs_more = header.type == kFirst || header.type == kMiddle;
  return end < rest.size() || (needs_more && position_ + end == kBlockBytes);
}

/// Skips a fragment that is not whole, at the beginning of `rest`. Returns
/// false if the fragment may be the torn end of the file. Requires that `rest`
/// has a header.
bool LogReader::ReadBrokenFragment(std::string_view rest) {
  // The length may be wrong, too. So look for the next fragment.
  size_t skipped = 1;
  while (skipped < rest.size() && !IsFragment(rest.substr(skipped))) ++skipped;
  const bool is_longer = HeaderOf(rest).length > rest.size() - kHeaderBytes;
  const char* const reason =
      is_longer ? "a record's length is wrong" : "checksum mismatch";
  if (skipped == rest.size() && MayBeTorn(rest) &&
      !IsFragmentOfOtherLength(rest)) {
    tail_ = {block_offset_ + position_, rest.size(), reason};
    if (is_longer) tail_data_ = rest.substr(kHeaderBytes);
    is_cut_by_zeros_ = !is_longer;
    position_ = block_.size();
    return false;
  }
  AddDamage(block_offset_ + position_, skipped, reason);
  position_ += skipped;
  return true;
}

LogReader::Step LogReader::ReadFragment(Fragment* fragment) {
  while (true) {
    const std::string_view rest = std::string_view(block_).substr(position_);
    if (rest.size() < kHeaderBytes) {
      if (is_last_block_) torn_bytes_ = rest.size();
      if (!ReadBlock()) return Step::kEnd;
      continue;
    }
    if (IsZero(rest)) {
      if (tail_.bytes == 0) tail_ = {block_offset_ + position_, 0, "zeros"};
      tail_.bytes += rest.size();
      position_ = block_.size();
      continue;
    }
    if (tail_.bytes > 0) {
      damage_.push_back(std::exchange(tail_, DamagedBytes()));
      tail_data_.clear();
      is_cut_by_zeros_ = false;
      return Step::kDamage;
    }
    if (!IsFragment(rest)) {
      if (ReadBrokenFragment(rest)) return Step::kDamage;
      continue;
    }
    const Header header = HeaderOf(rest);
    fragment->type = header.type;
    fragment->data = rest.substr(kHeaderBytes, header.length);
    position_ += kHeaderBytes + header.length;
    return Step::kFragment;
  }
}

bool LogReader::Next(std::string* record) {
  record->clear();
  bool in_record = false;
  uint64_t start = 0;
  const auto drop = [&](const char* reason) {
    if (in_record && !record->empty()) {
      AddDamage(start, record->size(), reason);
    }
    record->clear();
    in_record = false;
  };
  while (true) {
    Fragment fragment;
    const Step step = ReadFragment(&fragment);
    if (step == Step::kEnd) {
      record->append(tail_data_);
      if (IsWholeBatch(*record)) {
        AddDamage(in_record ? start : tail_.offset, record->size(),
                  "a record's length and checksum are wrong");
        record->clear();
        return false;
      }
      record->resize(record->size() - tail_data_.size());
      if (in_record) torn_bytes_ += record->size();
      if (in_record && tail_.reason == "zeros") is_cut_by_zeros_ = true;
      torn_bytes_ += tail_.bytes;
      record->clear();
      return false;
    }
    if (step == Step::kDamage) {
      drop("a part of the record is damaged");
      continue;
    }
    const bool begins = fragment.type == kFull || fragment.type == kFirst;
    const uint64_t offset =
        block_offset_ + position_ - fragment.data.size() - kHeaderBytes;
    if (begins) {
      // LevelDB once wrote an empty first fragment before a whole record, so
      // an empty record without an end is no damage.
      if (in_record && !record->empty() &&
          IsAbandoned(*record, fragment.data)) {
        has_abandoned_batch_ = true;
        record->clear();
      }
      drop("the record has no end");
      start = offset;
    } else if (!in_record) {
      AddDamage(offset, fragment.data.size(), "the record has no beginning");
      continue;
    }
    in_record = true;
    record->append(fragment.data);
    if (fragment.type == kFull || fragment.type == kLast) return true;
  }
}

}  // namespace dynamodown
