// Notes on a laptop: they are kept in a folder of its own, with or without a
// network, and exchanged with others by way of a table when it can be reached.
//
//     offline DIRECTORY LOCATION [NOTE LINE]
//
//     offline ~/notes mytable/notes groceries milk    adds a line to a note
//     offline ~/notes mytable/notes                   only exchanges and tells
//
// Any number of laptops may do that, each with a folder of its own. What two of
// them add to one note meanwhile is there in the end, on both.

#include <dynamodown/dyno.h>
#include <dynamodown/status.h>
#include <dyno/sync.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

namespace {

using leveldb::Status;

/// A store of items, and what it stands on.
struct Notes {
  std::unique_ptr<dynamodown::Database> db;
  std::unique_ptr<dyno::Store> store;
};

Status Open(const std::string& location, Notes* notes) {
  dynamodown::Options options;
  options.create_if_missing = true;
  // Nobody waits a minute to be told that there is no network.
  options.retry.deadline = std::chrono::seconds(3);
  options.retry.max_attempts = 3;
  dynamodown::Database* db = nullptr;
  Status s = dynamodown::Open(options, location, &db);
  notes->db.reset(db);
  if (!s.ok()) return s;

  // Each write also enters what it changes in a log, for the next Sync.
  dyno::Options replicated;
  replicated.replicated = true;
  dyno::Store* store = nullptr;
  s = dyno::Open(replicated, db, &store);
  notes->store.reset(store);
  return s;
}

/// `text`, which is UTF-8, as JSON.
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

/// Adds to a set: whoever adds what meanwhile, elsewhere, all of it counts.
Status Note(const std::string& note, const std::string& line, Notes* mine) {
  return mine->store->AddToSet({}, note, "{\"lines\":[" + Quoted(line) + "]}");
}

Status Tell(Notes* mine) {
  return mine->store->Query({}, [](const dyno::Item& item) {
    std::cout << item.name << ": " << item.json << '\n';
    return true;
  });
}

/// No network is no failure: everything is here, and the next time will do.
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
  if (s.ok()) s = Tell(&mine);
  if (!s.ok()) {
    std::cerr << s.ToString() << '\n';
    return 1;
  }
  return 0;
}
