#include "store_commands.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "command_builder.h"
#include "help.h"

namespace cli {
namespace {

constexpr int kPortMax = 65535;
constexpr int kTransactionStepMsMax = 60'000;

// ------------------------------------------------- when all arguments are set

void DecodeOne(Encoding encoding, const std::string& name,
               std::string* argument) {
  std::optional<std::string> bytes = Decode(encoding, *argument);
  if (!bytes) {
    throw UsageError(name + " '" + *argument + "' is not " +
                     (encoding == Encoding::kHex ? "hexadecimal" : "base64"));
  }
  *argument = *std::move(bytes);
}

void DecodeAll(CommandLine* line) {
  const auto decode = [line](const std::string& name, std::string* argument) {
    DecodeOne(line->encoding, name, argument);
  };
  for (std::string& key : line->keys) decode("KEY", &key);
  if (line->value) decode("VALUE", &*line->value);
  dynamodown::Bounds& bounds = line->bounds;
  if (bounds.gte) decode("--from", &*bounds.gte);
  if (bounds.lt) decode("--to", &*bounds.lt);
  if (bounds.prefix) decode("--prefix", &*bounds.prefix);
}

void CheckOutput(const CommandLine& line) {
  const bool continues = line.output_mode != DumpFile::Mode::kNew;
  if (continues && !line.output) {
    throw UsageError("--resume and --force need --output FILE");
  }
}

void Finish(Command command, CommandLine* line) {
  line->command = command;
  if (command == Command::kDump) CheckOutput(*line);
  CheckRates(*line);
  DecodeAll(line);
}

// ------------------------------------------------------------------- setters

void SetAccess(const std::string& value, CommandLine* line) {
  using dynamodown::Access;
  dynamodown::IamOptions& iam = line->iam;
  if (value == "read") {
    iam.access = Access::kRead;
  } else if (value == "write") {
    iam.access = Access::kWrite;
  } else if (value == "manage") {
    iam.access = Access::kManage;
  } else {
    throw UsageError("--access takes read, write or manage, not '" + value +
                     "'");
  }
}

// -------------------------------------------------------------- the commands

class StoreCommands {
 public:
  StoreCommands(CommandSpec* program, CommandLine* line)
      : program_(program), line_(line) {}

  void AddGet() {
    CommandBuilder get = Begin(Command::kGet, "get", kGetHelp, kGetFooter);
    AddKey(&get);
    get.AddEncoding("KEY and the value are");
    get.AddJson("Print a JSON object");
    get.AddFlag("-n,--raw", "Print no newline after the value", &line_->raw);
    get.AddEventual();
    get.AddTable();
    get.AddConnection();
  }

  void AddPut() {
    CommandBuilder put = Begin(Command::kPut, "put", kPutHelp, kPutFooter);
    AddKey(&put);
    put.AddArgument("VALUE", "Likewise; none or -: standard input",
                    [line = line_](const std::string& value) {
                      if (value != "-") line->value = value;
                    });
    put.AddEncoding("KEY and VALUE are");
    put.AddTable();
    put.AddConnection();
  }

  void AddDel() {
    CommandBuilder del = Begin(Command::kDel, "del", kDelHelp, kDelFooter);
    AddKeys(&del, "Their bytes, or what --hex or --base64\nsay").is_repeated =
        true;
    del.AddEncoding("KEYs are");
    del.AddWriteRate();
    del.AddTable();
    del.AddConnection();
  }

  void AddScan() {
    CommandBuilder scan = Begin(Command::kScan, "scan", kScanHelp, kScanFooter);
    scan.AddBounds();
    scan.AddFlag("-r,--reverse", "From the last key back", &line_->reverse);
    scan.AddLimit();
    scan.AddFlag("--keys-only", "Print no values", &line_->bounds.keys_only);
    scan.AddEncoding("Keys, bounds and values are");
    scan.AddJson("Print a JSON object a line");
    scan.AddEventual();
    scan.AddReadRate();
    scan.AddTable();
    scan.AddConnection();
  }

  void AddCount() {
    CommandBuilder count =
        Begin(Command::kCount, "count", kCountHelp, kCountFooter);
    count.AddBounds();
    count.AddEncoding("Bounds are");
    count.AddJson("Print {\"count\":N}");
    count.AddEventual();
    count.AddReadRate();
    count.AddTable();
    count.AddConnection();
  }

  void AddCreate() {
    CommandBuilder create =
        Begin(Command::kCreate, "create", kCreateHelp, kCreateFooter);
    create.AddTable();
    dynamodown::TableOptions& table = line_->options.table;
    AddUnits(&create, "--read-units", "Read units a second to pay for",
             &table.read_capacity_units)
        .needs = {"--write-units"};
    AddUnits(&create, "--write-units", "Write units likewise; both or neither",
             &table.write_capacity_units)
        .needs = {"--read-units"};
    create.AddConnection();
  }

  void AddDestroy() {
    CommandBuilder destroy =
        Begin(Command::kDestroy, "destroy", kDestroyHelp, kDestroyFooter);
    destroy.AddFlag("--force", "Also a store that another library made",
                    &line_->destroy.force);
    destroy.AddFlag("--drop-table", "Then the table, if nothing else is in it",
                    &line_->destroy.drop_table);
    destroy.AddTable();
    destroy.AddConnection();
  }

  void AddInfo() {
    CommandBuilder info = Begin(Command::kInfo, "info", kInfoHelp, kInfoFooter);
    info.AddJson("Print a JSON object");
    info.AddTable();
    info.AddConnection();
  }

  void AddList() {
    CommandBuilder list = Begin(Command::kList, "list", kListHelp, kListFooter);
    list.AddJson("Print a JSON object a line");
    list.AddConnection();
  }

  void AddIam() {
    CommandBuilder iam = Begin(Command::kIam, "iam", kIamHelp, kIamFooter);
    AddAccess(&iam, "What is allowed; write is the default");
    iam.AddOption("--account", "ID", "The table's account, 12 digits",
                  Into(&line_->iam.account));
    iam.AddTable();
    iam.AddPlace();
  }

  void AddDoctor() {
    CommandBuilder doctor =
        Begin(Command::kDoctor, "doctor", kDoctorHelp, kDoctorFooter);
    AddAccess(&doctor, "What is tried; write is the default");
    doctor.AddJson("Print a JSON object a line");
    doctor.AddTable();
    doctor.AddConnection();
  }

  void AddDump() {
    CommandBuilder dump = Begin(Command::kDump, "dump", kDumpHelp, kDumpFooter);
    dump.AddOption(
        "-o,--output", "FILE",
        "Into this file, which must not exist;\nnone or -: standard output",
        IntoFile(&line_->output));
    const auto set = [line = line_](DumpFile::Mode mode) {
      return [line, mode] { line->output_mode = mode; };
    };
    dump.AddFlag("--resume",
                 "Go on behind the last record of FILE,\nif there is one",
                 set(DumpFile::Mode::kResume));
    dump.AddFlag("--force", "Replace FILE if it exists",
                 set(DumpFile::Mode::kReplace))
        .excludes = {"--resume"};
    dump.AddBounds();
    dump.AddEncoding("Bounds are");
    dump.AddEventual();
    dump.AddReadRate();
    dump.AddTable();
    dump.AddConnection();
  }

  void AddLoad() {
    CommandBuilder load = Begin(Command::kLoad, "load", kLoadHelp, kLoadFooter);
    load.AddInput();
    load.AddOption("--checkpoint", "FILE",
                   "Keep in this file how far it got, and\ngo on from there",
                   Into(&line_->checkpoint));
    load.AddFlag("--no-create", "Do not make a store that is missing",
                 [line = line_] { line->creates = false; });
    load.AddWriteRate();
    load.AddTable();
    load.AddConnection();
  }

  void AddBatch() {
    CommandBuilder batch =
        Begin(Command::kBatch, "batch", kBatchHelp, kBatchFooter);
    batch.AddInput();
    batch.AddFlag("--unordered",
                  "Any number of operations, not\natomically, at half the "
                  "price",
                  &line_->unordered);
    batch.AddWriteRate();
    batch.AddTable();
    batch.AddConnection();
  }

  void AddFakeServer() {
    CommandBuilder fake =
        BeginWithoutLocation(Command::kFakeServer, "fake-server",
                             kFakeServerHelp, kFakeServerFooter);
    FakeServerOptions& server = line_->fake_server;
    fake.AddOption("--port", "N",
                   "Where to listen (default 8000); 0: any\nthat is free",
                   [&server](const std::string& value) {
                     server.port = ParseNumber("--port", value, 0, kPortMax);
                   });
    fake.AddOption(
        "--tls", "FILE",
        "Speak TLS with this certificate (PEM);\nits key is there too",
        Into(&server.certificate));
    fake.AddOption("--key", "FILE", "... or in this file", Into(&server.key))
        .needs = {"--tls"};
    fake.AddOption("--faults", "FILE",
                   "What goes wrong, and how often; or\n\"default\": a bad day",
                   Into(&server.faults));
    fake.AddOption(
        "--seed", "N",
        "The same seed, the same faults for the\nsame requests (default 1)",
        [&server](const std::string& value) {
          server.seed = ParseNumber<uint64_t>("--seed", value, 0, UINT64_MAX);
        });
    fake.AddOption(
        "--transaction-step", "MS",
        "How long each step of a transaction\ntakes, in milliseconds "
        "(default 0)",
        [&server](const std::string& value) {
          server.transaction_step = std::chrono::milliseconds(ParseNumber(
              "--transaction-step", value, 0, kTransactionStepMsMax));
        });
    fake.AddFlag("--throttle-by-load",
                 "Refuse what is more than a partition\ncan serve",
                 &server.throttles_by_load);
    fake.AddFlag("--json", "Print {\"url\":...,\"port\":N}", &server.json);
  }

 private:
  CommandBuilder Begin(Command command, const std::string& name,
                       const std::string& description, const char* footer) {
    CommandBuilder begun =
        BeginWithoutLocation(command, name, description, footer);
    begun.AddLocation();
    return begun;
  }

  /// One that is about no store.
  CommandBuilder BeginWithoutLocation(Command command, const std::string& name,
                                      const std::string& description,
                                      const char* footer) {
    CommandBuilder begun(program_, line_, name, description, footer);
    begun.set_finish([line = line_, command] { Finish(command, line); });
    return begun;
  }

  void AddKey(CommandBuilder* command) {
    AddKeys(command, "Its bytes, or what --hex or --base64 say");
  }

  ArgumentSpec& AddKeys(CommandBuilder* command,
                        const std::string& description) {
    ArgumentSpec& keys = command->AddArgument(
        "KEY", description,
        [line = line_](const std::string& key) { line->keys.push_back(key); });
    keys.is_required = true;
    return keys;
  }

  static ArgumentSpec& AddUnits(CommandBuilder* command,
                                const std::string& name,
                                const std::string& description,
                                int64_t* units) {
    ArgumentSpec& added = command->AddOption(
        name, "N", description, [name, units](const std::string& value) {
          *units = ParseNumber<int64_t>(name, value, 1, INT64_MAX);
        });
    added.group = "Table";
    return added;
  }

  void AddAccess(CommandBuilder* command, const std::string& description) {
    command->AddOption(
        "--access", "read|write|manage", description,
        [line = line_](const std::string& value) { SetAccess(value, line); });
  }

  CommandSpec* const program_;
  CommandLine* const line_;
};

}  // namespace

void AddStoreCommands(CommandSpec* program, CommandLine* line) {
  StoreCommands commands(program, line);
  commands.AddGet();
  commands.AddPut();
  commands.AddDel();
  commands.AddScan();
  commands.AddCount();
  commands.AddCreate();
  commands.AddDestroy();
  commands.AddInfo();
  commands.AddList();
  commands.AddIam();
  commands.AddDoctor();
  commands.AddDump();
  commands.AddLoad();
  commands.AddBatch();
  commands.AddFakeServer();
}

}  // namespace cli
