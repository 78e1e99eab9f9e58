#include <memory>

#include "command_list.h"
#include "io/message.h"
#include "io/session.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Delete a store and everything in it.";
constexpr char kFooter[] =
    R"(There is no confirmation. Other stores of the table are not touched.
If the command fails, run it again: until it succeeds, the store cannot be
opened. It is no error if the store does not exist.

Examples:
  dynamodown destroy mytable/myhash
  dynamodown destroy mytable/myhash --drop-table
)";

struct DestroyArguments {
  CommonOptions common;
  dynamodown::DestroyOptions destroy;
};

int Destroy(const DestroyArguments& arguments) {
  const CommonOptions& common = arguments.common;
  Session session(common);
  const leveldb::Status status = dynamodown::Destroy(
      session.options(), common.location, arguments.destroy, session.stats());
  return status.ok() ? kExitOk : Fail(status, common.location);
}

}  // namespace

CommandSpec DestroyCommand() {
  const auto arguments = std::make_shared<DestroyArguments>();
  StoreCommandBuilder command("destroy", kDescription, kFooter,
                              &arguments->common);
  command.AddFlag("--force", "Also destroy a store that another library made",
                  &arguments->destroy.force);
  command.AddFlag("--drop-table",
                  "Afterwards drop the table, if nothing else is in it",
                  &arguments->destroy.drop_table);
  command.AddTable();
  command.AddConnection();
  return command.Build([arguments] { return Destroy(*arguments); });
}

}  // namespace cli
