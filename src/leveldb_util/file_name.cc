// The names (db/filename.cc of LevelDB): CURRENT, LOCK, LOG, LOG.old,
// MANIFEST-N, N.log, N.ldb, N.sst and N.dbtmp. LevelDB writes a number N with
// at least 6 digits, but reads any number of digits.

#include "leveldb_util/file_name.h"

#include <cstddef>

namespace dynamodown {
namespace {

constexpr std::string_view kManifestPrefix = "MANIFEST-";

bool ParseNumber(std::string_view digits, uint64_t* number) {
  if (digits.empty()) return false;
  *number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return false;
    const auto digit = static_cast<uint64_t>(c - '0');
    if (*number > (UINT64_MAX - digit) / 10) return false;
    *number = *number * 10 + digit;
  }
  return true;
}

}  // namespace

FileName ParseFileName(std::string_view name) {
  if (name == "CURRENT") return {FileKind::kCurrent};
  if (name == "LOCK") return {FileKind::kLock};
  if (name == "LOG" || name == "LOG.old") return {FileKind::kInfoLog};
  FileName file;
  if (name.starts_with(kManifestPrefix)) {
    name.remove_prefix(kManifestPrefix.size());
    if (ParseNumber(name, &file.number)) file.kind = FileKind::kManifest;
    return file;
  }
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos ||
      !ParseNumber(name.substr(0, dot), &file.number)) {
    return file;
  }
  const std::string_view extension = name.substr(dot);
  if (extension == ".log") file.kind = FileKind::kLog;
  if (extension == ".ldb" || extension == ".sst") file.kind = FileKind::kTable;
  if (extension == ".dbtmp") file.kind = FileKind::kTemporary;
  return file;
}

std::string NumberedName(uint64_t number, std::string_view extension) {
  std::string name = std::to_string(number);
  if (name.size() < 6) name.insert(0, 6 - name.size(), '0');
  return name.append(extension);
}

std::string OwnSpelling(const std::string& name) {
  const FileName file = ParseFileName(name);
  switch (file.kind) {
    case FileKind::kManifest:
      return NumberedName(file.number, "").insert(0, kManifestPrefix);
    case FileKind::kLog:
    case FileKind::kTable:
    case FileKind::kTemporary:
      return NumberedName(file.number, name.substr(name.find('.')));
    case FileKind::kCurrent:
    case FileKind::kLock:
    case FileKind::kInfoLog:
    case FileKind::kOther:
      break;
  }
  return name;
}

}  // namespace dynamodown
