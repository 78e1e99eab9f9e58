// Keeps notes on a laptop, in a folder, with or without a network. When a table
// can be reached, it exchanges the notes with other laptops through that table.
//
//     offline DIRECTORY LOCATION [NOTE LINE]
//
//     offline ~/notes mytable/notes groceries milk    adds a line to a note
//     offline ~/notes mytable/notes                   exchanges and prints
//
// Any number of laptops may do so, each with a folder of its own. If two of
// them add to one note at the same time, both end with both lines.

#include <dynamodown/dyno.h>
#include <dynamodown/status.h>
#include <dyno/sync.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

namespace {

using leveldb::Status;

/// A store of items, and the database under it.
struct Notes {
  std::unique_ptr<dynamodown::Database> db;
  std::unique_ptr<dyno::Store> store;
};

Status Open(const std::string& location, Notes* notes) {
  dynamodown::Options options;
  options.create_if_missing = true;
  // Without a network, fail in seconds instead of a minute.
  options.retry.deadline = std::chrono::seconds(3);
  options.retry.max_attempts = 3;
  dynamodown::Database* db = nullptr;
  Status s = dynamodown::Open(options, location, &db);
  notes->db.reset(db);
  if (!s.ok()) return s;

  // Each write also enters its change in a log, for the next Sync.
  dyno::Options replicated;
  replicated.replicated = true;
  dyno::Store* store = nullptr;
  s = dyno::Open(replicated, db, &store);
  notes->store.reset(store);
  return s;
}

/// Returns `text`, which is UTF-8, as JSON.
std::string Quoted(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < ' ') {
      json += ' ';
    } else {
      json += c;
    }
  }
  return json + '"';
}

/// Adds to a set, so that concurrent additions elsewhere all count.
Status Note(const std::string& note, const std::string& line, Notes* mine) {
  return mine->store->AddToSet({}, note, "{\"lines\":[" + Quoted(line) + "]}");
}

Status PrintNotes(Notes* mine) {
  return mine->store->Query({}, [](const dyno::Item& item) {
    std::cout << item.name << ": " << item.json << '\n';
    return true;
  });
}

/// A missing network is no failure: everything is stored here, and the next run
/// exchanges it.
bool IsOffline(const Status& s) {
  const dynamodown::StatusKind kind = dynamodown::KindOf(s);
  return kind == dynamodown::StatusKind::kUnavailable ||
         kind == dynamodown::StatusKind::kTimeout;
}

Status Exchange(const std::string& location, Notes* mine) {
  Notes shared;
  dyno::SyncResult result;
  Status s = Open(location, &shared);
  if (s.ok()) {
    s = dyno::Sync(mine->store.get(), shared.store.get(), dyno::SyncOptions(),
                   &result);
  }
  if (s.ok()) {
    std::cout << "exchanged: " << result.b.operations << " sent, "
              << result.a.operations << " received\n";
  } else if (IsOffline(s)) {
    std::cout << "offline: the notes are kept here until the next time\n";
    return Status::OK();
  }
  return s;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 5) {
    std::cerr << "usage: offline DIRECTORY LOCATION [NOTE LINE]\n";
    return 2;
  }
  Notes mine;
  Status s = Open(std::string("leveldb:") + argv[1], &mine);
  if (s.ok() && argc == 5) s = Note(argv[3], argv[4], &mine);
  if (s.ok()) s = Exchange(argv[2], &mine);
  if (s.ok()) s = PrintNotes(&mine);
  if (!s.ok()) {
    std::cerr << s.ToString() << '\n';
    return 1;
  }
  return 0;
}
