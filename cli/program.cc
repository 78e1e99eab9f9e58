#include "program.h"

#include "command_list.h"

namespace cli {
namespace {

constexpr char kDescription[] =
    R"(LevelDB's API on Amazon DynamoDB, from the shell.)";
constexpr char kFooter[] =
    R"(Locations:
  table/hash      the store "hash" in the DynamoDB table "table"
  table           the store "!" in that table
  dynamodb://table/hash?region=eu-west-1&endpoint=http://127.0.0.1:8000
                  the same with settings, percent-encoded
  leveldb:PATH    an embedded LevelDB directory

Examples:
  dynamodown create mytable/myhash
  dynamodown put mytable/myhash name 'Yuri Irsenovich Kim'
  dynamodown get mytable/myhash name
  dynamodown scan mytable/myhash --prefix user: --limit 10
  dynamodown scan leveldb:/var/lib/app/db --json | jq -r .key
  dynamodown item set mytable/users kim '{"nick":"kim"}'

Options come after the command. An argument after -- is never an option.

Exit status:
  0  done
  1  get: there is no such key; item: there is no such item, or nobody of
     that name to forget
  2  the arguments are wrong, or the object that item put or item set reads
     from standard input in the place of one
  3  anything else: one line on standard error says what, and what to do

Environment:
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                  credentials; they are never taken from the arguments.
                  Without them, as for every AWS tool: the profile, web
                  identity, the container's, instance metadata
  AWS_PROFILE, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE
                  the profile, without --profile, and where its files are
                  instead of ~/.aws/config and ~/.aws/credentials
  AWS_REGION, AWS_DEFAULT_REGION
                  the region, without --region
  AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL
                  the endpoint, without --endpoint
  AWS_CA_BUNDLE   authorities to trust, without --ca-bundle
  AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT
                  "true": the region's endpoint of that kind
  AWS_EC2_METADATA_DISABLED
                  "true": do not ask for an instance's credentials
  https_proxy, http_proxy, no_proxy
                  as for curl
What a location says about region and endpoint comes before all of these.
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
