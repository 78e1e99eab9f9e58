#include "program.h"

#include "command_list.h"

namespace cli {
namespace {

constexpr char kDescription[] =
    "LevelDB's API on Amazon DynamoDB, from the shell.";
constexpr char kFooter[] =
    R"(Locations:
  table/hash      the store "hash" in the DynamoDB table "table"
  table           the store "!" in the DynamoDB table "table"
  dynamodb://table/hash?region=eu-west-1&endpoint=http://127.0.0.1:8000
                  the store "hash" in the table "table", with settings;
                  the table, the hash and the values are percent-encoded
  arn:aws:dynamodb:REGION:ACCOUNT:table/TABLE/hash
                  the same store; the ARN also names the region and the account
  leveldb:PATH    an embedded LevelDB directory

Examples:
  dynamodown create mytable/myhash
  dynamodown put mytable/myhash name 'Yuri Irsenovich Kim'
  dynamodown get mytable/myhash name
  dynamodown scan mytable/myhash --prefix user: --limit 10
  dynamodown scan leveldb:/var/lib/app/db --json | jq -r .key
  dynamodown item set mytable/users kim '{"nick":"kim"}'

Options come after the command or before it. An argument after -- is never an
option.

Exit status:
  0  done
  1  not found: a key of 'get' or 'exists', the store of 'destroy', the item of
     an 'item' command, or the replica or open slot of 'item forget'; or 'diff'
     found a difference, 'verify' a problem, or 'repair' damage
  2  an argument is wrong, or the standard input of 'item put' or 'item set' is
     not a valid object; or 'diff' failed
  3  any other failure; one line on standard error says what failed, and what
     to do

Environment:
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                  the credentials, for which there are no options. If the
                  variables are not set, these sources are tried in order, as
                  in every AWS tool: the profile, web identity, the
                  container's credentials, instance metadata
  AWS_PROFILE     the profile if --profile is not given
  AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE
                  the files to read instead of ~/.aws/config and
                  ~/.aws/credentials
  AWS_REGION, AWS_DEFAULT_REGION
                  the region if --region is not given
  AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL
                  the endpoint if --endpoint is not given
  AWS_CA_BUNDLE   the authorities to trust if --ca-bundle is not given
  AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT
                  if "true", use the region's FIPS or dual-stack endpoint
  AWS_EC2_METADATA_DISABLED
                  if "true", do not ask instance metadata for credentials
  https_proxy, http_proxy, no_proxy
                  as in curl
A setting in the location overrides options and environment variables.
)";

}  // namespace

CommandSpec Program() {
  CommandSpec program;
  program.name = "dynamodown";
  program.description = kDescription;
  program.footer = kFooter;
  for (const CommandFactory make : kCommands) {
    program.commands.push_back(make());
  }
  return program;
}

}  // namespace cli
