// The texts of --help that are not the list of options, in ASCII.
//
// The man pages are made of them too (help_text.h), so a footer has a
// structure. It is paragraphs and sections. A section begins with a heading, a
// line of at most three words that ends in a colon and has an indented line
// below, and it ends at an empty line that no indented line follows. "Exit
// status", "Environment", "Files" and "Examples" have their places in a man
// page; others come before them. What is indented is a list when each term has
// a text, two blanks behind it or further indented below it. Else, and under
// "Examples", it stays as it is.

#ifndef DYNAMODOWN_CLI_HELP_H_
#define DYNAMODOWN_CLI_HELP_H_

namespace cli {

inline constexpr char kProgramHelp[] =
    R"(LevelDB's API on Amazon DynamoDB, from the shell.)";

inline constexpr char kProgramFooter[] =
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

inline constexpr char kGetHelp[] = "Print the value of a key, and a newline.";
inline constexpr char kGetFooter[] =
    R"(In text the value's bytes are printed as they are. With --json the output
is {"key":"...","value":"..."}; bytes that are not UTF-8 are in "key_b64" or
"value_b64" instead, in base64.

The exit status is 1 when there is no such key.

Examples:
  dynamodown get mytable/myhash name
  dynamodown get mytable/myhash photo --raw > photo.jpeg
  dynamodown get mytable/myhash --hex 00ff
)";

inline constexpr char kPutHelp[] = "Store a value under a key.";
inline constexpr char kPutFooter[] =
    R"(A value that is there already is replaced.

Without VALUE, or when it is "-", the value is all of standard input. Its bytes
are taken as they are, also with --hex and --base64: echo adds a newline,
printf does not.

The store must exist: dynamodown create makes it.

Examples:
  dynamodown put mytable/myhash name 'Yuri Irsenovich Kim'
  dynamodown put mytable/myhash photo < photo.jpeg
  dynamodown put mytable/myhash --hex 00ff cafe
  dynamodown put mytable/myhash -- -5 'a key that begins with a dash'
)";

inline constexpr char kDelHelp[] = "Remove keys.";
inline constexpr char kDelFooter[] =
    R"(A key that is not there is no error, as in LevelDB.

Several keys are removed together, but not atomically: should that fail, some
may be gone. Running the command again is safe.

Examples:
  dynamodown del mytable/myhash name
  dynamodown del mytable/myhash name dob spouse
)";

inline constexpr char kScanHelp[] = "Print keys and values in order.";
inline constexpr char kScanFooter[] =
    R"(Keys are ordered by their bytes. A line is a record: the key, a tab, the
value. In text every byte that could disturb that (a tab, a newline, a
backslash, any other control character, and what is not UTF-8) is printed as
\xNN. With --json a line is an object with "key" and "value", or "key_b64" and
"value_b64" for bytes that are not UTF-8.

The bounds hold together, and --from and --to stay the lower and the upper one
with --reverse.

Examples:
  dynamodown scan mytable/myhash
  dynamodown scan mytable/myhash --from 2024-01 --to 2024-02
  dynamodown scan mytable/myhash --prefix user: --reverse --limit 1
  dynamodown scan mytable/myhash --keys-only --hex
)";

inline constexpr char kCountHelp[] = "Count keys and print the number.";
inline constexpr char kCountFooter[] =
    R"(All items in the range are read to count them, and paid for.

Examples:
  dynamodown count mytable/myhash
  dynamodown count mytable/myhash --prefix user: --eventual
)";

inline constexpr char kCreateHelp[] =
    "Create a store, and its table when there is none.";
inline constexpr char kCreateFooter[] =
    R"(It is an error when the store exists. A new table is paid for on demand
unless units are given, and waited for until it is active. An existing table
stays as it is.

Examples:
  dynamodown create mytable/myhash
  dynamodown create mytable/myhash --read-units 5 --write-units 5
  dynamodown create leveldb:/var/lib/app/db
)";

inline constexpr char kDestroyHelp[] = "Delete a store and all that is in it.";
inline constexpr char kDestroyFooter[] =
    R"(Nothing is asked. No other store of the table is touched. After a failure
run it again: until it ends well the store cannot be opened. It is no error
when there is no such store.

Examples:
  dynamodown destroy mytable/myhash
  dynamodown destroy mytable/myhash --drop-table
)";

inline constexpr char kInfoHelp[] = "Print facts about a store.";
inline constexpr char kInfoFooter[] =
    R"(Examples:
  dynamodown info mytable/myhash
  dynamodown info mytable/myhash --json | jq -r .region
)";

inline constexpr char kListHelp[] = "Print the stores of a table.";
inline constexpr char kListFooter[] =
    R"(A line is a location. A tab and "foreign" follow when another library
made the store, "destroying" when destroying it has begun and not ended. With
--json a line is an object.

Examples:
  dynamodown list mytable
  dynamodown list 'dynamodb://mytable?region=eu-west-1'
)";

inline constexpr char kIamHelp[] = "Print the IAM policy that a store needs.";
inline constexpr char kIamFooter[] =
    R"(The smallest one: data are allowed by the store's hash key alone, so that
the table's other stores stay out of reach. "read" is for get, scan, count,
info, dump and the commands of item that print; "write" also for put, del,
batch, load and the other commands of item; "manage" also for create, destroy
and list, and for a load that makes the store: it can scan and delete the whole
table, since that cannot be narrowed. With --hash-key and --range-key the table
is never described, and that is not in the policy.

Nothing is sent. What a customer-managed KMS key of the table needs is not in
the policy.

Examples:
  dynamodown iam mytable/myhash
  dynamodown iam mytable/myhash --access read --account 111122223333
  dynamodown iam mytable/myhash > kim.json
  aws iam create-policy --policy-name kim --policy-document file://kim.json
)";

inline constexpr char kDoctorHelp[] =
    "Find out why a store does not work, and what to do.";
inline constexpr char kDoctorFooter[] =
    R"(Checks the region and endpoint, the connection, this machine's clock, the
credentials (where they come from, never what they are), the table, its keys,
the store, and each permission. A line is a check; what to do about it follows
behind an arrow. The exit status is 3 when a check failed.

Nothing is changed: writes are tried under conditions that cannot hold, or on
a key that nobody has. It costs about 5 read and 5 write units.

Examples:
  dynamodown doctor mytable/myhash
  dynamodown doctor mytable/myhash --profile dev --access read
)";

inline constexpr char kDumpHelp[] = "Write records, to be loaded elsewhere.";
inline constexpr char kDumpFooter[] =
    R"(A record is a line {"key":"...","value":"..."}; bytes that are not UTF-8
are in "key_b64" or "value_b64" instead, in base64. They come in the order of
their keys. Stores of other libraries are read as they are.

A FILE that exists is left alone, unless --force or --resume is given. It only
grows, so that whatever ends a dump, what is there is a beginning of it. The
same command with --resume goes on behind its last record; a part of a line is
cut off first. Resume with the store and the bounds that the dump began with.
At the end FILE is flushed to disk.

A store that changes meanwhile: each page is read committed, and a key that is
there throughout is in the dump once. That is no snapshot, but for leveldb:
locations, whose iterators are snapshots. An item that cannot be read ends the
dump with an error; scan --json goes on past it.

Examples:
  dynamodown dump mytable/myhash --output my.dump
  dynamodown dump mytable/myhash --output my.dump --resume --max-rcu 100
  dynamodown dump leveldb:/var/lib/app/db | dynamodown load mytable/myhash
  dynamodown dump mytable/myhash | dynamodown load leveldb:/var/lib/app/db
  dynamodown dump mytable/myhash --prefix user: | gzip > users.gz
)";

inline constexpr char kLoadHelp[] = "Store the records of a dump.";
inline constexpr char kLoadFooter[] =
    R"(Lines are those of dump, and of scan --json; blank ones are passed over.
A value that is there already is replaced, and of two lines on one key the later
one counts. The store is made when it is missing, and its table too, once there
is a record to load.

What cannot be a record ends it with the number of the line: all lines before
that one are loaded, none behind it. A line may have 64 MB.

With --checkpoint the same command goes on where an earlier one was stopped,
by whatever. The file is written after each 2,000 records or 2 MB, and removed
when all is loaded. It is refused with another input or another store. Without
it loading again from the start is safe, but pays again.

Examples:
  dynamodown load mytable/myhash my.dump
  dynamodown load mytable/myhash my.dump --checkpoint my.checkpoint
  dynamodown load mytable/myhash my.dump --max-wcu 100
  dynamodown dump leveldb:/var/lib/app/db | dynamodown load mytable/myhash
)";

inline constexpr char kBatchHelp[] = "Put and delete many keys at once.";
inline constexpr char kBatchFooter[] =
    R"(A line is {"type":"put","key":"...","value":"..."} or
{"type":"del","key":"..."}; bytes that are not UTF-8 are in "key_b64" and
"value_b64" instead, in base64. Of several on one key the last counts.

All of it is done, or nothing, at once. On DynamoDB that is for at most 100 keys
and 4 MB; for leveldb: locations it is for 100,000 operations and 64 MB.

With --unordered there may be any number. What is wrong with a line then ends
it there: all lines before that one are done.

Examples:
  dynamodown batch mytable/myhash my.operations
  echo '{"type":"del","key":"a"}' | dynamodown batch mytable/myhash
  dynamodown batch mytable/myhash my.operations --unordered --max-wcu 100
)";

inline constexpr char kFakeServerHelp[] =
    "Serve a test double of DynamoDB on this machine.";
inline constexpr char kFakeServerFooter[] =
    R"(For tests of programs that use DynamoDB, with any AWS SDK or the AWS
command line. It checks requests as DynamoDB does, has its limits, errors, page
cuts and units, and fails like the network when it is asked to. It is no
database: all of it is in memory, and gone when it ends.

It listens on the loopback alone, on 127.0.0.1 and ::1, until Ctrl-C or SIGTERM
ends it. (What a script starts with & ignores SIGINT, as shells have it.) It
prints a line when it is ready:

  fake-server: listening on http://127.0.0.1:8000

It serves CreateTable, DescribeTable, DeleteTable, ListTables, GetItem,
PutItem, UpdateItem, DeleteItem, Query, Scan, BatchGetItem, BatchWriteItem and
TransactWriteItems. What it does not model it refuses, in words.

Signatures are verified. It believes the credentials of its own environment,
and without any there the access key "local" with the secret "local"; the
region can be any.

A file of --faults is a JSON object:

  {"faults": [{"kind": "throttle", "rate": 0.02,
               "operations": ["PutItem", "BatchWriteItem"]},
              {"kind": "server_error", "rate": 0.01, "when": "after"},
              {"kind": "slow_answer", "rate": 0.01, "seconds": [0.1, 8]}]}

The first rule that meets a request counts. "rate" is from 0 to 1. Without
"operations" a rule is for all that it can meet. "when" is of server_error:
before the effect, after it, or either. "seconds" are the least and the most, 0
to 900, of what takes time: the wait of slow_answer and deliver_late, the age of
stale_read, how far clock_jump goes, either way.

Kinds:
  throttle            any code of throttling; no effect
  server_error        500 or 503
  unprocessed         a part of a batch, or all of it, is left undone
  conflict            another transaction is at the item; no effect
  refuse_connection, reset_request
                      the connection is lost; no effect
  reset_answer        the connection is lost, after the effect
  truncate_body       the answer ends too early
  garble_body         a byte of the answer is another
  slow_answer         the answer comes after a while
  deliver_late        no answer; it takes effect after a while
  stale_read          an eventually consistent read sees an older state
  short_page          fewer items than there could be, and more to come
  empty_page          no items, and yet more to come
  clock_jump          from here on the server's clock is another
  expire_credentials  those that sign are not valid any more

Environment:
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                  the credentials that it believes, and no others

Examples:
  dynamodown fake-server --faults default --seed 7 &
  export AWS_ENDPOINT_URL=http://127.0.0.1:8000 AWS_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws dynamodb list-tables
  dynamodown create mytable/myhash
)";

inline constexpr char kItemHelp[] =
    "Keep items as the operations that made them.";
inline constexpr char kItemFooter[] =
    R"(An item is a JSON object with a name. Every change of it is a record of
its own with a timestamp, and the item is what comes out when its records are
replayed in order: nobody reads before writing, and what was written is not
lost when others write at the same time. The records can be folded into one
again with flatten.

Any store holds items, and nothing else beside them. On DynamoDB any number of
processes may write to it at once; an embedded store has one process at a time.
A command that writes on DynamoDB takes a writer's slot first and gives it back,
which is 4 write and 4 read units besides its own 1; a program that keeps the
store open pays the 1 alone.

Before the first item of a store is written its first key is looked at, and when
that is no record of an item the write is refused: it would be among keys of
something else. It costs 1 Query more, that once.

When a write fails and nobody knows whether it was written, its message names
its timestamp. The same command with --timestamp repeats it, and it counts once.
That is refused while another process has the slot that the timestamp is of, and
when the item was flattened meanwhile; history then says what is there.

Stores can be synchronized with each other, such as one on a laptop with one in
a table: see dynamodown item sync.

The store must exist: dynamodown create makes it. dynamodown help item COMMAND
says more.

Examples:
  dynamodown create mytable/users
  dynamodown item put mytable/users kim '{"nick":"kim","logins":0}'
  dynamodown item inc mytable/users kim logins
  dynamodown item get mytable/users kim
  dynamodown item history mytable/users kim
)";

inline constexpr char kItemPutHelp[] = "Make an item what an object says.";
inline constexpr char kItemPutFooter[] =
    R"(What the item was before does not matter, and is still in its history.

Without JSON, or when it is "-", the object is read from standard input. What is
no object there is a wrong argument too: the exit status is 2.

Examples:
  dynamodown item put mytable/users kim '{"nick":"kim","logins":0}'
  dynamodown item put mytable/users kim < kim.json
)";

inline constexpr char kItemSetHelp[] = "Set attributes of an item.";
inline constexpr char kItemSetFooter[] =
    R"(Each attribute of the object is set; the others stay. When there is no
such item, there is one then.

Without JSON, or when it is "-", the object is read from standard input. What is
no object there is a wrong argument too: the exit status is 2.

Examples:
  dynamodown item set mytable/users kim '{"email":"kim@example.com"}'
  dynamodown item set mytable/users kim '{"address":{"city":"Seoul"}}'
)";

inline constexpr char kItemUnsetHelp[] = "Remove attributes of an item.";
inline constexpr char kItemUnsetFooter[] =
    R"(What is not there is no error.

Examples:
  dynamodown item unset mytable/users kim email
  dynamodown item unset mytable/users kim email address
)";

inline constexpr char kItemIncHelp[] = "Add to a number in an item.";
inline constexpr char kItemIncFooter[] =
    R"(An attribute that is not there, or is no number, becomes BY. Nothing is
lost when several add at once. Integers are exact from -2^63 to 2^64-1.

Examples:
  dynamodown item inc mytable/users kim logins
  dynamodown item inc mytable/users kim credit -2.5
)";

inline constexpr char kItemAppendHelp[] = "Append to a text in an item.";
inline constexpr char kItemAppendFooter[] =
    R"(An attribute that is not there becomes TEXT. One that is no text becomes
its JSON first.

Examples:
  dynamodown item append mytable/users kim log 'logged in; '
)";

inline constexpr char kItemAddHelp[] = "Add to a set in an item.";
inline constexpr char kItemAddFooter[] =
    R"(A set is an object like {"red":true,"blue":true}. An attribute that is
something else becomes a set first: an array that of its elements, any other
value that of itself.

Examples:
  dynamodown item add mytable/users kim colours red blue
)";

inline constexpr char kItemRemoveHelp[] = "Remove from a set in an item.";
inline constexpr char kItemRemoveFooter[] =
    R"(What is not in the set is no error. See dynamodown item add for what a
set is.

Examples:
  dynamodown item remove mytable/users kim colours red
)";

inline constexpr char kItemDelHelp[] = "Remove an item.";
inline constexpr char kItemDelFooter[] =
    R"(That is an operation, too: the history stays, and get --as-of finds what
was there. An item that is not there is no error.

Examples:
  dynamodown item del mytable/users kim
)";

inline constexpr char kItemGetHelp[] = "Print an item.";
inline constexpr char kItemGetFooter[] =
    R"(It is JSON in one line. With --json it is the member "item" of an object
that also has "name", "timestamp" and "time" of the last change, "changes" (how
many there were), "hash" (of all of them), "records" (stored now), "late" and
"unknown".

What came when the item had been flattened later than that is late: it is kept
and not applied. When there is some, a line on standard error says so; history
shows it, and settle deals with it.

A TIMESTAMP is one as history prints it, the beginning of one, or a time in UTC
like 2013-03-11T20:46:20Z. What was before an item was flattened is not known
any more.

The exit status is 1 when there is no such item.

Examples:
  dynamodown item get mytable/users kim
  dynamodown item get mytable/users kim --json | jq .changes
  dynamodown item get mytable/users kim --as-of 2013-03-11T20:46:20Z
)";

inline constexpr char kItemHistoryHelp[] = "Print what made an item.";
inline constexpr char kItemHistoryFooter[] =
    R"(A line is a record, in the order of their timestamps: the timestamp, when
that was by the writer's clock, the operation and what it changes. The line
below it is the item after it. With --json a line is an object.

The operations are as they are stored: put is putItem, set putAttrs, unset
delAttrs, inc incAttrs, append appendAttrs, add addToSet, remove delFromSet and
del delItem.

The exit status is 1 when there is no such item.

Examples:
  dynamodown item history mytable/users kim
  dynamodown item history mytable/users kim --json | jq -r .operation
)";

inline constexpr char kItemFlattenHelp[] =
    "Fold the operations of an item into one.";
inline constexpr char kItemFlattenFooter[] =
    R"(The item stays what it is, its timestamp, the number of its changes and
its hash too; its history is gone up to there. Do that when you know that no
older operation will come any more: one that does is kept, and not applied.

Without a time everything is folded that is there. A TIMESTAMP is one as history
prints it, the beginning of one, or a time in UTC like 2013-03-11T20:46:20Z: the
last operation that is not later is folded too.

In a replicated store only what is stable is folded: what no member can add
anything older to. Without a time that is what it folds; a time beyond it is
refused, and the message says who holds it back (see dynamodown item status).

It goes in steps, the oldest first, and a reader sees the same item at any
moment. Running it again is safe. On DynamoDB folding n records costs about
3n + 12 write units.

The exit status is 1 when there is no such item.

Examples:
  dynamodown item flatten mytable/users kim
  dynamodown item flatten mytable/users kim 2013-03-11T20:46:20Z
  dynamodown item flatten mytable/users --all --until 2013-03-11T20:46:20Z
)";

inline constexpr char kItemSettleHelp[] =
    "Say that late operations have been dealt with.";
inline constexpr char kItemSettleFooter[] =
    R"(Late is what came when the item had been flattened later than that: it is
kept, and not applied. When it is settled nobody is told of it any more. With
--reapply a copy of it is written with a timestamp of now, so that it counts.

A KEY is one that get --json prints in "late": a timestamp, a slash and the
operation. Each that was settled is printed, with --all behind the item's name
and a tab. What cannot be reapplied, the rest of another flatten, is told, and
the other items go on.

The exit status is 1 when there is no such item.

Examples:
  dynamodown item settle mytable/users kim
  dynamodown item settle mytable/users kim --reapply
  dynamodown item settle mytable/users --all
)";

inline constexpr char kItemQueryHelp[] = "Print the items between two names.";
inline constexpr char kItemQueryFooter[] =
    R"(A line is a name, a tab and the item, JSON. In a name every byte that
could disturb that is printed as \xNN. With --json a line is an object as get
--json prints it. The order is that of names with a slash behind them, so that
"kim-old" comes before "kim".

An item that cannot be read is left out, and the first such is told at the end.

Examples:
  dynamodown item query mytable/users a m
  dynamodown item query mytable/users kim kim
  dynamodown item query mytable/users '' --names-only
)";

inline constexpr char kItemScanHelp[] =
    "Print all items, or those with a value.";
inline constexpr char kItemScanFooter[] =
    R"(What is printed is what query prints. VALUE is JSON: a text is in quotes.
All items are read to find those that have it, and paid for.

Examples:
  dynamodown item scan mytable/users
  dynamodown item scan mytable/users admin true
  dynamodown item scan mytable/users nick '"kim"' --names-only
)";

inline constexpr char kItemSyncHelp[] =
    "Exchange with another store what each has.";
inline constexpr char kItemSyncFooter[] =
    R"(Each store gets what the other one has; nothing is lost, whoever changed
what meanwhile, and both end with the same items. Any two stores can be
synchronized, in any order, also while others use them. One that was cut off is
run again: what was exchanged stays. On DynamoDB its place as a writer may have
stayed open, also after Ctrl-C, and then it holds back flatten: see dynamodown
item status and dynamodown item forget --writer.

Both stores must exist, and are replicated: they write what changes into a log,
by which the next sync finds it. A store with nothing in it becomes so here. One
that has items and is not replicated is imported: the other one gets what it
has, and nothing is written to it; a line on standard error says so, and
dynamodown item replicate makes it replicated. Each replicated store counts as a
member from then on, and holds back flatten until it is synchronized again or
forgotten (dynamodown item status, dynamodown item forget).

When two stores meet for the first time all items of both are read once, and so
they are with --full. Later in each store that costs 1 range read for what it
knows, 1 for each writer that wrote since, and 1 and a write or two for each
item that changed; on DynamoDB a range read is a Query, and an operation that is
written 1 unit per KB. What was consumed is printed; --verbose shows each
request. At a first meeting each item that goes to a store is entered in its
log, and taken out again at a later sync: on DynamoDB 2 write units more for
each.

Operations that are over a minute ahead of the clock stay where they are until
it has come to them. Two copies of one store are refused: give one of them a
replica of its own with dynamodown item replicate --new-id.

It prints how many items were compared, and for each store what it got, and what
was read and written. With --json that is an object with "a" and "b", in the
order of the arguments, "first_meeting", "items" and "twins": keys of records
that the two had with other bytes.

Examples:
  dynamodown item sync leveldb:users mytable/users
  dynamodown item sync leveldb:users leveldb:/media/stick/users --json
)";

inline constexpr char kItemStatusHelp[] =
    "Print how far a store knows its members.";
inline constexpr char kItemStatusFooter[] =
    R"(The first word of a line says what follows in it, as is listed below.

Lines:
  store      its location and replica
  stable     up to when all operations of all members are here: that can be
             flattened, and nothing older will come
  held back  whose operations are known least far, and by how much less than
             those of the others
  known      each member, and up to when all its operations are here
  writers    open places of programs that write; one whose program has ended
             holds back what is stable (dynamodown item forget --writer)
  to meet    of a restored backup: the members that it has to be synchronized
             with, directly, before it vouches for what it does now; if it
             never meets them see dynamodown item replicate --new-id
  log        how many changes are entered that some member has yet to read
  late       with --late: item and key of what came too late, for settle

Nothing is written: what is stable is as of the last sync or flatten. That is 2
range reads: what the store knows, and the keys of its log. --late also reads
every item, and is paid for as dynamodown item scan is.

Examples:
  dynamodown item status mytable/users
  dynamodown item status leveldb:users --late
  dynamodown item status mytable/users --json | jq -r .held_by[]
)";

inline constexpr char kItemReplicateHelp[] =
    "Make a store one that can be synchronized.";
inline constexpr char kItemReplicateFooter[] =
    R"(From then on every write enters what it changes in a log first, which on
DynamoDB costs 1 write unit more. There is no way back. Its replica, 12 digits
that no other store has, is printed. On one that is replicated already nothing
is done.

On DynamoDB no other program may be writing to the store meanwhile: one that has
its place open is told, and nothing is done. It costs 4 range reads and 2
conditional writes, of 4 units each there.

With --new-id a copy, of a directory or a table, gets a replica of its own, so
that it can be synchronized with the one it was copied from. Do that before
anything is written to it.

With --restored a backup says that it is one. Until it has met each member that
it knows it vouches for nothing that it may have lost. A sync finds that out by
itself, but only from one that knows more of this store than it does itself;
with others, mark it first.

Until then it holds back what is stable everywhere. A backup that will never
meet them all, of a laptop that is only synchronized with a table, say, takes
--new-id instead: synchronize it once more, and let the table forget the replica
that it had (dynamodown item forget).

Examples:
  dynamodown item replicate leveldb:users
  dynamodown item replicate leveldb:copy --new-id
  dynamodown item replicate mytable/users --restored
)";

inline constexpr char kItemForgetHelp[] =
    "Expect no more of a store or a writer.";
inline constexpr char kItemForgetFooter[] =
    R"(REPLICA is one that dynamodown item status prints: of a laptop that was
lost, say. It holds back no flatten any more, and other stores learn that when
they are synchronized. Its operations that are here stay. What comes of it all
the same may be late: kept, but not applied. When it is synchronized it is a
member again.

With --writer the place of a program that writes to this store, on DynamoDB, is
closed. One that ended without doing so, because it was killed, holds back what
is stable until a program that keeps the store open has seen the place unchanged
for 15 minutes; the commands, each of which opens it anew, do not. Be sure that
it has ended: one that lives takes another place with its next write, but a
write of it that is under way may come late.

It costs 1 range read and 1 conditional write. The exit status is 1 when there
is no such replica, or no such open place.

Examples:
  dynamodown item forget mytable/users 786ae2e1f629
  dynamodown item forget mytable/users --writer 0003
)";

}  // namespace cli

#endif  // DYNAMODOWN_CLI_HELP_H_
