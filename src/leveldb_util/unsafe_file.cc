#include "leveldb_util/unsafe_file.h"

#include <filesystem>
#include <system_error>

#include "leveldb_util/file_name.h"

namespace dynamodown {
namespace {

using std::filesystem::file_type;

std::string KindText(file_type type) {
  switch (type) {
    case file_type::directory:
      return "a directory";
    case file_type::fifo:
      return "a FIFO";
    case file_type::socket:
      return "a socket";
    case file_type::block:
    case file_type::character:
      return "a device";
    default:
      return "no regular file";
  }
}

}  // namespace

std::string UnsafeFileIn(const std::string& path,
                         const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const FileKind kind = ParseFileName(name).kind;
    if (kind == FileKind::kOther || kind == FileKind::kInfoLog) continue;
    const std::string file = path + "/" + name;
    std::error_code none;
    const bool is_link = std::filesystem::symlink_status(file, none).type() ==
                         file_type::symlink;
    if (is_link && kind != FileKind::kTable) {
      return "its file " + name +
             " is a symbolic link, and LevelDB would write to the link's "
             "target";
    }
    // An Env in memory has files that the file system does not have.
    const file_type type = std::filesystem::status(file, none).type();
    if (type == file_type::regular || type == file_type::not_found ||
        type == file_type::none || type == file_type::unknown) {
      continue;
    }
    return "its file " + name + " is " + KindText(type);
  }
  return {};
}

std::string MisspelledFileIn(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::string own = OwnSpelling(name);
    if (own == name) continue;
    return "its file " + name +
           " is not LevelDB's, but LevelDB would take it for " + own +
           " and remove it; move the file to another directory";
  }
  return {};
}

}  // namespace dynamodown
