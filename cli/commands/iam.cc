#include "dynamodown/iam.h"

#include <memory>
#include <string>

#include "command_list.h"
#include "io/message.h"
#include "io/output.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Print the IAM policy that a store needs.";
constexpr char kFooter[] =
    R"(The policy allows as little as possible: access only to items with the
store's hash key, so the table's other stores stay out of reach.

Access "read" is for the commands get, exists, scan, count, info, dump, diff,
verify and the item commands that print. Access "write" adds put, del, batch,
load and the other item commands. Access "manage" adds create, destroy and list,
and lets load create a missing store. A "manage" policy also allows scanning and
deleting the whole table, since IAM cannot narrow these permissions. If --hash-
key and --range-key are given, no command needs DescribeTable, so a "read" or
"write" policy leaves DescribeTable out.

The command sends no request. If a customer-managed KMS key encrypts the table,
the policy does not contain the permissions for that key.

Examples:
  dynamodown iam mytable/myhash
  dynamodown iam mytable/myhash --access read --account 111122223333
  dynamodown iam mytable/myhash > kim.json
  aws iam create-policy --policy-name kim --policy-document file://kim.json
)";

struct IamArguments {
  CommonOptions common;
  dynamodown::IamOptions iam;
};

int Iam(const IamArguments& arguments) {
  const CommonOptions& common = arguments.common;
  std::string policy;
  const leveldb::Status status = dynamodown::IamPolicy(
      common.store, common.location, arguments.iam, &policy);
  if (!status.ok()) return Fail(status, common.location);
  Output output;
  output.Write(policy);
  return Finish(&output);
}

}  // namespace

CommandSpec IamCommand() {
  const auto arguments = std::make_shared<IamArguments>();
  StoreCommandBuilder command("iam", kDescription, kFooter, &arguments->common);
  command.AddAccess("The access to allow (default write)",
                    &arguments->iam.access);
  command.AddOption("--account", "ID", "The table's account, 12 digits",
                    Into(&arguments->iam.account));
  command.AddTable();
  command.AddPlace();
  return command.Build([arguments] { return Iam(*arguments); });
}

}  // namespace cli
