// Checks that the tree keeps the rules of layers.mjs, and that layers.mjs finds
// a violation of each rule, planted in a copy of the tree.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Check, Text} from './layers.mjs';

const kRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');

/// Name, file, line, and violation. The test appends the line to the file,
/// creating it if necessary; the line must cause exactly this violation.
const kPlants = [
  ['simdjson outside of json.cc', 'src/dynamo/codec/value.cc',
   '#include <simdjson.h>', 'may not include simdjson.h'],
  ['nettle outside of crypto.cc', 'src/aws/sigv4.cc',
   '#include <nettle/hmac.h>', 'may not include nettle/hmac.h'],
  ['zlib outside of crypto.cc', 'src/base/json.cc',
   '#include <zlib.h>', 'may not include zlib.h'],
  ['curl outside of curl_transport.cc', 'src/transport/transport.cc',
   '#include <curl/curl.h>', 'may not include curl/curl.h'],
  ['leveldb below db', 'src/store/store.h',
   '#include "leveldb/slice.h"', 'may not include leveldb/slice.h'],
  ['nlohmann in the library', 'src/dynamo/codec/value.cc',
   '#include <nlohmann/json.hpp>', 'may not include nlohmann/json.hpp'],
  ['nlohmann in a second file of dyno', 'src/dyno/item/replay.cc',
   '#include <nlohmann/json.hpp>', 'may not include nlohmann/json.hpp'],
  ['DynamoDOWN in dyno', 'src/dyno/store_impl.cc',
   '#include "dynamodown/db.h"', 'may not include dynamodown/db.h'],
  ['a layer beside dyno', 'src/dyno/store_impl.cc',
   '#include "store/store.h"', 'may not include store/store.h'],
  ['an upper room in dyno\'s items', 'src/dyno/item/replay.cc',
   '#include "dyno/lease/writer.h"', 'may not include dyno/lease/writer.h'],
  ['an upper room in dyno\'s leases', 'src/dyno/lease/writer.h',
   '#include "dyno/sync/stability.h"',
   'may not include dyno/sync/stability.h'],
  ['dyno\'s root in a room', 'src/dyno/sync/stability.h',
   '#include "dyno/change.h"', 'may not include dyno/change.h'],
  ['DynamoDOWN in dyno\'s headers', 'include/dyno/store.h',
   '#include "dynamodown/db.h"', 'may not include dynamodown/db.h'],
  ['CLI11 in a second file', 'cli/commands/get.cc',
   '#include <CLI/CLI.hpp>', 'may not include CLI/CLI.hpp'],
  ['nlohmann in a second file', 'cli/commands/load.cc',
   '#include <nlohmann/json.hpp>', 'may not include nlohmann/json.hpp'],
  ['microhttpd in a second file', 'fake/fake_dynamo.cc',
   '#include <microhttpd.h>', 'may not include microhttpd.h'],
  ['the fake in a second command', 'cli/commands/get.cc',
   '#include "fake/fake_dynamo.h"', 'may not include fake/fake_dynamo.h'],
  ['fmt in the library', 'src/db/location.cc',
   '#include <fmt/format.h>', 'may not include fmt/format.h'],
  ['the inside in the command line', 'cli/commands/get.cc',
   '#include "base/result.h"', 'may not include base/result.h'],
  ['input and output in the parser', 'cli/parse/shield.cc',
   '#include "io/output.h"', 'may not include io/output.h'],
  ['printing in the parser', 'cli/parse/argument_parser.cc',
   '#include <iostream>', 'may not include iostream'],
  ['a command in the manual', 'cli/manual/man_page.cc',
   '#include "command_list.h"', 'may not include command_list.h'],
  ['items in a command on keys', 'cli/commands/scan.cc',
   '#include "items/item_store.h"', 'may not include items/item_store.h'],
  ['the inside in an example', 'examples/seed_a.cc',
   '#include "store/store.h"', 'may not include store/store.h'],
  ['the inside in a public header', 'include/dynamodown/stats.h',
   '#include "base/result.h"', 'may not include base/result.h'],
  ['the system in a public header', 'include/dynamodown/stats.h',
   '#include <unistd.h>', 'may not include unistd.h'],
  ['an upper layer', 'src/store/store.cc',
   '#include "db/location.h"', 'may not include db/location.h'],
  ['a layer that is two below', 'src/store/store.cc',
   '#include "transport/transport.h"', 'may not include transport/transport.h'],
  ['the client\'s factory in store', 'src/store/store.cc',
   '#include "dynamo/client_stack.h"',
   'may not include dynamo/client_stack.h'],
  ['the protocol below itself', 'src/aws/ask.cc',
   '#include "dynamo/errors.h"', 'may not include dynamo/errors.h'],
  ['signatures in db', 'src/db/location.cc',
   '  #  include "aws/sigv4.h"', 'may not include aws/sigv4.h'],
  ['our parser in the fake', 'fake/operations/service.cc',
   '#include "base/json.h"', 'may not include base/json.h'],
  ['an upper room of the fake', 'fake/storage/table.cc',
   '#include "fake/operations/service.h"',
   'may not include fake/operations/service.h'],
  ['a library nobody heard of', 'src/base/clock.cc',
   '#include <boost/asio.hpp>', 'may not include boost/asio.hpp'],

  ['waiting', 'src/store/store.cc', 'std::condition_variable v;', 'waits'],
  ['a future', 'src/base/scheduler.cc', 'std::future<int> f;', 'waits'],
  ['sleeping', 'src/aws/retry.cc',
   'void F() { std::this_thread::sleep_for(d); }', 'sleeps'],
  ['a thread', 'src/db/open.cc', 'std::thread t;', 'starts threads'],
  ['the environment', 'src/aws/static_keys.cc',
   'auto v = std::getenv("HOME");', 'reads the environment'],
  ['the time of day', 'src/aws/sigv4.cc',
   'auto t = time(nullptr);', 'asks for the time'],
  ['a clock', 'src/aws/retry.cc',
   'auto t = std::chrono::steady_clock::now();', 'asks for the time'],
  ['randomness', 'src/store/catalog.cc',
   'std::random_device device;', 'asks for randomness'],
  ['printing', 'src/store/store.cc', 'void F() { std::cerr << 1; }', 'prints'],
  ['printing as in C', 'src/base/random.cc',
   'void F() { fprintf(stderr, "1"); }', 'prints'],
  ['ending the process', 'src/base/gate.h',
   'inline void F() { std::abort(); }', 'acts on the process'],

  ['a source that nobody builds', 'src/base/forgotten.cc',
   '', 'is in no CMake list'],
  ['a test that nobody builds', 'src/base/forgotten_test.cc',
   '', 'is in no CMake list'],
  ['a public header that is not installed', 'include/dynamodown/forgotten.h',
   '', 'is in no CMake list'],
  ['an example that nobody builds', 'examples/forgotten.cc',
   '', 'is in no CMake list'],
  ['a long line', 'tests/support/model.h',
   `// ${'x'.repeat(78)}`, 'has 81 columns, over 80'],
  ['what is to be done', 'cli/main.cc', `// TO${'DO'}: more`, 'is unfinished'],
];

/// Lines that look like violations but are not.
const kHarmless = [
  ['a word in a comment', 'src/store/store.cc',
   '// Not std::condition_variable, and no getenv() /* time( */'],
  ['a word in a string', 'src/store/store.cc',
   'const char* s = "\\"std::cout"; char c = \'"\'; // std::cerr'],
  ['a word in a raw string', 'src/store/store.cc',
   'const char* s = R"x(\n" printf( )x";'],
  ['printing into a buffer', 'src/store/store.cc',
   'void F(char* b) { snprintf(b, 1, "1"); }'],
  ['a member called time', 'src/store/store.cc', 'auto t = answer.time();'],
  ['80 columns of more bytes', 'src/store/store.cc',
   `// ${'⌈'.repeat(77)}`],
  ['an include in a comment', 'src/store/store.cc',
   '/*\n#include <curl/curl.h>\n*/'],
  ['a test that waits', 'src/base/scheduler_test.cc',
   'std::condition_variable v;'],
];

/// A copy of the files that the checker reads.
function CopyOfTree() {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-lint-'));
  const IsRead = (file) => {
    if (file === kRoot) return true;
    const name = path.basename(file);
    return fs.statSync(file).isDirectory() ?
        !['node_modules', '.git', '.deps', 'build'].includes(name) :
        /\.(h|cc|cmake)$|^CMakeLists\.txt$/.test(name);
  };
  fs.cpSync(kRoot, copy, {recursive: true, filter: IsRead});
  return copy;
}

const copy = CopyOfTree();
after(() => fs.rmSync(copy, {recursive: true, force: true}));
const before = new Set(Check(copy).map(Text));

/// The violations that `text` causes at the end of `file`.
function FoundWith(file, text) {
  const full = path.join(copy, file);
  const old = fs.existsSync(full) ? fs.readFileSync(full, 'utf8') : null;
  fs.writeFileSync(full, `${old ?? ''}${text}\n`);
  try {
    return Check(copy).map(Text).filter((found) => !before.has(found));
  } finally {
    if (old === null) fs.rmSync(full);
    if (old !== null) fs.writeFileSync(full, old);
  }
}

test('the tree keeps the rules', () => {
  const found = Check(kRoot).map(Text);
  assert.ok(found.length === 0, found.join('\n'));
});

for (const [name, file, text, what] of kPlants) {
  test(`finds ${name}`, () => {
    const found = FoundWith(file, text);
    assert.equal(found.length, 1, `found: ${found.join('\n')}`);
    assert.ok(found[0].startsWith(`${file}:`), found[0]);
    assert.ok(found[0].includes(what), found[0]);
  });
}

for (const [name, file, text] of kHarmless) {
  test(`leaves alone ${name}`, () => {
    assert.deepEqual(FoundWith(file, text), []);
  });
}
