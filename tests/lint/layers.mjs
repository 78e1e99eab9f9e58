// Checks the rules that neither the compiler nor the include paths enforce:
// which headers a file includes, who uses clock, randomness, threads and
// process, the length of lines, and that CMake lists each source. Prints each
// violation as "file:line: what"; the exit status is 1 if there is one.
//
//     node layers.mjs [ROOT]
//
// The first two rules are rows of the tables below, checked line by line.

import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const kRoots = [
  'include', 'src', 'cli', 'node', 'fake', 'tests', 'bench', 'examples',
];
const kSkipped = ['node_modules', 'prebuilds', 'build', '.deps'];
const kColumnsMax = 80;

// ------------------------------------------------------------- the tables

/// The public headers that all of dyno may include.
const kDynoHeaders = ['dyno/backend.h', 'dyno/flake.h', 'dyno/store.h'];

/// The headers that a file may include. The first row whose `from` matches the
/// file decides. A name is a project folder, at any depth, or a library of
/// kLibraries; "own" is the file's own folder; "dynamo/item.h" is a single
/// header. `std` stands for C++'s headers, `posix` for the system's C headers.
const kIncludes = [
  {from: /^include\/dyno\//, may: ['dyno', 'leveldb', 'std']},
  {
    // Makes a DynamoDOWN database a backend of dyno.
    from: /^include\/dynamodown\/dyno\.h$/,
    may: ['dynamodown', 'dyno', 'leveldb', 'std'],
  },
  {from: /^include\//, may: ['dynamodown', 'leveldb', 'std']},

  {
    from: /^tests\/support\/loopback_aws\.cc$/,
    may: [
      'own', 'base', 'fake', 'support', 'httplib', 'nlohmann', 'gtest', 'std',
    ],
  },

  // Unit tests and fuzz targets may include every layer.
  {
    from: /^src\/.*_(test|fuzz)(_\w+)?\.(cc|h)$|^fake\/.*_test(_\w+)?\.(cc|h)$|^tests\//,
    may: [
      'own', 'base', 'transport', 'dynamo', 'aws', 'store', 'leveldb_util', 'db',
      'fake',
      'dynamodown', 'cli', 'manual', 'support', 'contract', 'sim', 'fuzz', 'integration',
      'bad_input', 'cost', 'differential', 'wire', 'tls', 'fake_server', 'dyno',
      'dyno_sim',
      'leveldb',
      'nlohmann', 'fmt', 'gtest', 'std', 'posix',
    ],
  },
  {from: /^src\/base\/json\.cc$/, may: ['base', 'simdjson', 'std', 'posix']},
  {
    from: /^src\/base\/crypto\.cc$/,
    may: ['base', 'nettle', 'zlib', 'std', 'posix'],
  },
  {from: /^src\/base\//, may: ['base', 'std', 'posix']},
  {
    from: /^src\/transport\/curl_transport\.cc$/,
    may: ['transport', 'base', 'curl', 'std', 'posix', 'linux/tcp.h'],
  },
  {from: /^src\/transport\//, may: ['transport', 'base', 'std', 'posix']},
  {
    from: /^src\/aws\/sts\.cc$/,
    may: ['aws', 'transport/transport.h', 'base', 'pugixml', 'std', 'posix'],
  },
  {
    from: /^src\/aws\//,
    may: ['aws', 'transport/transport.h', 'base', 'std', 'posix'],
  },
  {
    from: /^src\/dynamo\//,
    may: [
      'dynamo', 'aws/credentials.h', 'aws/retry.h', 'aws/secrets.h',
      'aws/service_error.h', 'aws/sigv4.h', 'transport/transport.h', 'base',
      'std', 'posix',
    ],
  },
  {
    // Neither JSON nor HTTP.
    from: /^src\/store\//,
    may: [
      'store', 'dynamo/client.h', 'dynamo/operations.h', 'dynamo/item.h',
      'dynamo/limits.h', 'dynamo/errors.h', 'base', 'std', 'posix',
    ],
    never: ['base/json.h'],
  },
  {
    // The files that build the whole stack.
    from: /^src\/db\/(stack\.(h|cc)|open\.cc|doctor\.(h|cc)|permission_trials\.(h|cc)|open_environment\.h)$/,
    may: [
      'db', 'store', 'aws', 'dynamo', 'transport', 'base', 'dynamodown',
      'leveldb', 'std', 'posix',
    ],
  },
  {from: /^src\/leveldb_util\//, may: ['leveldb_util', 'leveldb', 'std']},
  {
    from: /^src\/db\//,
    may: [
      'db', 'store', 'leveldb_util', 'base', 'dynamodown', 'leveldb', 'std',
      'posix',
    ],
  },
  {
    from: /^fake\/server\.cc$/,
    may: [
      'fake', 'transport', 'base', 'microhttpd', 'nlohmann', 'std', 'posix',
    ],
    never: ['base/json.h'],
  },
  // The rooms of dyno, from the bottom up, and its root.
  {
    // nlohmann's exceptions stay behind it.
    from: /^src\/dyno\/item\/json\.h$/,
    may: ['dyno/item', 'base', 'nlohmann', 'std'],
  },
  {
    // Pure: uses only the conditions of the backend.
    from: /^src\/dyno\/item\//,
    may: [...kDynoHeaders, 'dyno/item', 'base', 'leveldb', 'std'],
  },
  {
    from: /^src\/dyno\/backend\//,
    may: [
      ...kDynoHeaders, 'dyno/backend', 'dyno/item', 'leveldb_util', 'base',
      'leveldb', 'std',
    ],
  },
  {
    from: /^src\/dyno\/lease\//,
    may: [
      ...kDynoHeaders, 'dyno/lease', 'dyno/backend', 'dyno/item', 'base',
      'leveldb', 'std',
    ],
  },
  {
    from: /^src\/dyno\/sync\//,
    may: [
      ...kDynoHeaders, 'dyno/sync.h', 'dyno/sync', 'dyno/lease', 'dyno/backend',
      'dyno/item', 'base', 'leveldb', 'std',
    ],
  },
  {
    // Neither the layers above nor those beside it.
    from: /^src\/dyno\//,
    may: ['dyno', 'base', 'leveldb', 'std'],
  },
  // The rooms of the fake, from the bottom up. None sees the library's own
  // limits or parsing, so that a mistake there cannot hide.
  {from: /^fake\/values\//, may: ['fake/values', 'nlohmann', 'std']},
  {
    from: /^fake\/expressions\//,
    may: ['fake/expressions', 'fake/values', 'std'],
  },
  {
    from: /^fake\/storage\//,
    may: ['fake/storage', 'fake/expressions', 'fake/values', 'base', 'std'],
    never: ['base/json.h'],
  },
  {
    from: /^fake\/operations\//,
    may: [
      'fake/operations', 'fake/storage', 'fake/expressions', 'fake/values',
      'base', 'std',
    ],
    never: ['base/json.h'],
  },
  {
    from: /^fake\/http\//,
    may: [
      'fake/http', 'fake/values', 'transport', 'base', 'aws/sigv4.h', 'std',
    ],
    never: ['base/json.h'],
  },
  {
    from: /^fake\/faults\//,
    may: ['fake/faults', 'fake/http', 'fake/values', 'base', 'nlohmann', 'std'],
    never: ['base/json.h'],
  },
  {
    // FakeDynamo and its server put the rooms together.
    from: /^fake\//,
    may: ['fake', 'transport', 'base', 'nlohmann', 'std', 'posix'],
    never: ['base/json.h'],
  },
  // The folders of the command line, from the lowest up.
  {
    // Runs the whole program to describe it.
    from: /^cli\/manual\/write_manual\.cc$/,
    may: ['manual', 'parse/argument_parser.h', 'program.h', 'std'],
  },
  {from: /^cli\/manual\//, may: ['manual', 'std']},
  {
    from: /^cli\/parse\/.*_(test|fuzz)\.cc$/,
    may: ['parse', 'dynamodown', 'dyno', 'leveldb', 'fmt', 'gtest', 'std'],
  },
  {
    from: /^cli\/parse\/argument_parser\.cc$/,
    may: ['parse', 'manual/manual.h', 'CLI11', 'std'],
    never: ['iostream'],
  },
  {
    // The library and the command line suggest names in the same way.
    from: /^cli\/parse\/suggest\.cc$/,
    may: ['parse', 'base/nearest.h', 'std'],
  },
  {
    from: /^cli\/parse\/json_lines\.cc$/,
    may: ['parse', 'dyno', 'nlohmann', 'fmt', 'std'],
  },
  {
    // Parses text; neither reads nor prints.
    from: /^cli\/parse\//,
    may: ['parse', 'manual/manual.h', 'dynamodown', 'fmt', 'std', 'sys/types.h'],
    never: ['iostream', 'fstream', 'cstdio'],
  },
  {
    from: /^cli\/(io|items)\/.*_test\.cc$/,
    may: [
      'items', 'io', 'parse', 'dyno', 'leveldb', 'fmt', 'gtest', 'std', 'posix',
      'linux/filter.h', 'linux/seccomp.h',
    ],
  },
  {from: /^cli\/io\/line_editor\.cc$/, may: ['io', 'libedit', 'std', 'posix']},
  {
    from: /^cli\/io\//,
    may: [
      'io', 'parse', 'base/shell_word.h', 'dynamodown', 'leveldb', 'fmt', 'std',
      'posix',
    ],
  },
  {
    from: /^cli\/items\//,
    may: [
      'items', 'io', 'parse', 'command_list.h', 'base/shell_word.h',
      'dynamodown', 'dyno', 'leveldb', 'fmt', 'std',
    ],
  },
  {
    // Starts the fake.
    from: /^cli\/commands\/fake_server\.cc$/,
    may: ['io', 'parse', 'command_list.h', 'fake', 'base', 'fmt', 'std', 'posix'],
  },
  {
    from: /^cli\/commands\//,
    may: [
      'io', 'parse', 'command_list.h', 'base/shell_word.h', 'dynamodown',
      'leveldb', 'fmt', 'std',
    ],
  },
  {
    from: /^cli\//,
    may: ['own', 'io', 'parse', 'command_list.h', 'std', 'posix'],
  },
  {
    // Code that decides or waits does not know Node.js.
    from: /^node\/src\/(pool|ledger|credentials)(_test)?\.(cc|h)$/,
    may: ['own', 'dynamodown/options.h', 'leveldb', 'gtest', 'std'],
  },
  {
    from: /^node\//,
    may: ['own', 'dynamodown', 'dyno', 'leveldb', 'napi', 'std'],
  },
  {
    from: /^examples\//,
    may: ['own', 'dynamodown', 'dyno', 'leveldb', 'std', 'posix'],
  },
  {
    // Signs its own requests.
    from: /^bench\/fake_server_bench\.cc$/,
    may: ['base', 'aws', 'std', 'posix'],
  },
  {
    // Compares the client with curl.
    from: /^bench\//,
    may: [
      'own', 'base', 'fake', 'dynamodown', 'dyno', 'leveldb', 'benchmark',
      'curl',
      'std', 'posix',
    ],
  },
];

/// The headers of each library. A header without folder and ".h" is C++'s own,
/// and kPosix matches the system's.
const kLibraries = [
  {name: 'leveldb', headers: /^leveldb\//},
  {name: 'curl', headers: /^curl\//},
  {name: 'simdjson', headers: /^simdjson(\.h$|\/)/},
  {name: 'nettle', headers: /^nettle\//},
  {name: 'pugixml', headers: /^pugixml\.hpp$/},
  {name: 'httplib', headers: /^httplib\.h$/},
  {name: 'microhttpd', headers: /^microhttpd\.h$/},
  {name: 'zlib', headers: /^z(lib|conf)\.h$/},
  {name: 'nlohmann', headers: /^nlohmann\//},
  {name: 'CLI11', headers: /^CLI\//},
  {name: 'libedit', headers: /^histedit\.h$/},
  {name: 'fmt', headers: /^fmt\//},
  {name: 'gtest', headers: /^g(test|mock)\//},
  {name: 'napi', headers: /^napi\.h$/},
  {name: 'benchmark', headers: /^benchmark\//},
];
const kStd = /^[a-z_0-9]+$/;
const kPosix = /^(sys|netinet|arpa|net)\/[a-z_]+\.h$|^[a-z_]+\.h$/;

/// Actions that the library may take only in the files of `only`: clock,
/// randomness and environment are injected, and the process belongs to the
/// caller. Applies to src/ without its tests; comments and strings are ignored.
const kWords = [
  {
    word: /\bstd::(condition_variable|(recursive_)?timed_mutex|counting_semaphore|binary_semaphore|latch|barrier)/,
    what: 'waits', only: ['src/base/scheduler.cc'],
  },
  {
    word: /\bstd::(shared_)?(future|promise|packaged_task|async)\b/,
    what: 'waits', only: [],
  },
  {
    word: /\bsleep_(for|until)\b|\b(u|nano)?sleep\(/,
    what: 'sleeps', only: ['src/base/scheduler.cc'],
  },
  {
    word: /\bstd::j?thread\b/,
    what: 'starts threads', only: ['src/base/scheduler.cc'],
  },
  {
    word: /\bgetenv\(/,
    what: 'reads the environment', only: ['src/base/machine.cc'],
  },
  {
    word: /(?<![.>])\btime\(|\bclock_gettime\(|\bgettimeofday\(|\bsystem_clock::now\b/,
    what: 'asks for the time', only: ['src/base/clock.cc'],
  },
  {
    word: /\b(steady|high_resolution)_clock::now\b/,
    what: 'asks for the time',
    only: [
      'src/base/clock.cc', 'src/base/scheduler.cc', 'src/base/machine.cc',
    ],
  },
  {
    word: /\brandom_device\b|\bs?rand\(|\bgetrandom\(|\bgetentropy\(/,
    what: 'asks for randomness', only: ['src/base/random.cc'],
  },
  {
    word: /\bstd::(cout|cerr|clog)\b|\bf?v?printf\(|\bf?puts\(|\bperror\(|<iostream>/,
    what: 'prints', only: [],
  },
  {
    word: /\b(abort|_?exit|quick_exit|terminate)\(|\bsigaction\(|\bstd::signal\b/,
    what: 'acts on the process', only: ['src/base/child_process.cc'],
  },
];

const kUnfinished = /\bTOD[O]\b|\bFIXM[E]\b/;

// ------------------------------------------------------------ the reading

/// The paths of all files, relative to `root`, with '/', sorted.
export function Files(root) {
  const files = [];
  const Walk = (folder) => {
    for (const entry of fs.readdirSync(path.join(root, folder), {
      withFileTypes: true,
    })) {
      const name = `${folder}/${entry.name}`;
      if (kSkipped.includes(entry.name)) continue;
      if (entry.isDirectory()) Walk(name);
      if (entry.isFile()) files.push(name);
    }
  };
  for (const folder of kRoots) {
    if (fs.existsSync(path.join(root, folder))) Walk(folder);
  }
  return files.sort();
}

/// The text with comments, strings and character literals blanked out. Lines
/// keep their numbers. A ' after a digit separates digits.
export function Code(text) {
  const apart = new RegExp(
      [
        String.raw`R"([^(\s]*)\([\s\S]*?\)\1"`,
        String.raw`"(?:\\.|[^"\\\n])*"`,
        String.raw`(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'`,
        String.raw`\/\/[^\n]*`,
        String.raw`\/\*[\s\S]*?\*\/`,
      ].join('|'),
      'g');
  return text.replace(apart, (found) => found.replace(/[^\n]/g, ' '));
}

/// The names in kIncludes that allow `file` to include `header`.
function NamesOf(header, file, root) {
  for (const library of kLibraries) {
    if (library.headers.test(header)) return [library.name];
  }
  const beside = path.posix.join(path.posix.dirname(file), header);
  if (fs.existsSync(path.join(root, beside))) return ['own', header];
  if (header.includes('/') && !kPosix.test(header)) {
    // Every folder on the way: "fake" and "fake/values".
    const folders = header.split('/').slice(0, -1);
    return [...folders.map((_, i) => folders.slice(0, i + 1).join('/')), header];
  }
  if (kStd.test(header)) return ['std', header];
  return kPosix.test(header) ? ['posix', header] : [header];
}

function CheckInclude(header, file, root) {
  const rule = kIncludes.find(({from}) => from.test(file));
  if (rule === undefined) return 'no rule says what this file may include';
  const names = NamesOf(header, file, root);
  const allowed = names.some((name) => rule.may.includes(name)) &&
      !rule.never?.includes(header);
  return allowed ? null : `may not include ${header}`;
}

/// Returns a function that tells whether one of CMake's lists names a file. The
/// list has its path relative to the list's folder, or the end of its path
/// after a variable.
function Listed(root, lists) {
  const exact = new Set();
  const ends = [];
  for (const list of lists) {
    const text = fs.readFileSync(path.join(root, list), 'utf8')
                     .replace(/#[^\n]*/g, '');
    // In foreach(x a b), ${x} stands for both a and b.
    const loops = new Map();
    for (const [, name, items] of text.matchAll(
             /foreach\(\s*(\w+)\s+(?:IN ITEMS\s+)?([^)]*)\)/g)) {
      loops.set(name, [...(loops.get(name) ?? []), ...items.split(/\s+/)]);
    }
    for (const [token] of text.matchAll(/[\w$\{\}.\/-]+\.(cc|h)\b/g)) {
      const variable = token.match(/\$\{(\w+)\}/);
      const spelled = variable && loops.has(variable[1]) ?
          loops.get(variable[1]).map((x) => token.replace(variable[0], x)) :
          [token];
      for (const name of spelled) {
        exact.add(path.posix.join(path.posix.dirname(list), name));
        const end = name.replace(/^.*\}\//, '');
        if (end.includes('/') && !end.startsWith('.')) ends.push(`/${end}`);
      }
    }
  }
  return (file) => exact.has(file) ||
      ends.some((end) => `/${file}`.endsWith(end));
}

// -------------------------------------------------------------- the check

/// The violations under `root`: {file, line, what}.
export function Check(root) {
  const found = [];
  const files = Files(root);
  const is_listed = Listed(root, files.filter(
      (file) => /(^|\/)CMakeLists\.txt$|\.cmake$/.test(file)));

  for (const file of files.filter((name) => /\.(cc|h)$/.test(name))) {
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    const code = Code(text).split('\n');
    const Report = (line, what) => found.push({file, line, what});
    const is_inside = file.startsWith('src/') &&
        !/_(test|fuzz)(_\w+)?\.(cc|h)$/.test(file);

    if ((file.endsWith('.cc') || file.startsWith('include/')) &&
        !is_listed(file)) {
      Report(1, 'is in no CMake list');
    }
    text.split('\n').forEach((line, i) => {
      const columns = [...line].length;
      if (columns > kColumnsMax) {
        Report(i + 1, `has ${columns} columns, over ${kColumnsMax}`);
      }
      if (kUnfinished.test(line)) Report(i + 1, 'is unfinished');
      // `code` keeps the "#" of an include, unless it is in a comment.
      const include = line.match(/^\s*#\s*include\s*[<"]([^>"]+)[>"]/);
      if (include && code[i].includes('#')) {
        const what = CheckInclude(include[1], file, root);
        if (what !== null) Report(i + 1, what);
      }
      if (!is_inside) return;
      for (const {word, what, only} of kWords) {
        const match = code[i].match(word);
        if (match && !only.includes(file)) {
          const where = only.length === 0 ? 'nowhere in src/' : only.join(', ');
          Report(i + 1, `${what} (${match[0]}); that is for ${where}`);
        }
      }
    });
  }
  return found;
}

export function Text({file, line, what}) {
  return `${file}:${line}: ${what}`;
}

/// If the module of `url` is the program, runs `Check` on its argument, by
/// default the tree, and prints the findings. The exit status is 1 if there is
/// one.
export function RunAsProgram(url, Check) {
  const file = fileURLToPath(url);
  if (!process.argv[1] || path.resolve(process.argv[1]) !== file) return;
  const root = process.argv[2] ?? path.resolve(file, '../../..');
  const found = Check(root);
  for (const one of found) console.log(Text(one));
  process.exitCode = found.length === 0 ? 0 : 1;
}

RunAsProgram(import.meta.url, Check);
