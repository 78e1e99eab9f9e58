// README.md and docs/ show nothing that does not work:
//
//   ```cpp   in README.md, or beginning with "// tested": compiles and links as
//            it stands, as C++17 without a warning. Followed by a ```text block
//            it is also run, without arguments, and must print exactly that.
//   ```sh    beginning with "# tested": ends with status 0, at the first command
//            that fails otherwise, and prints exactly the ```text block that
//            follows, if one does.
//   [a](b)   a file of the tree is there.
//
// A document's blocks run one after another in one empty folder, as a reader
// would do them, with `dynamodown`, pkg-config and CMake finding the installed
// package. DynamoDB is DynamoDB Local; it keeps its tables between documents.

import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Blocks, PlanOf} from './blocks.mjs';

const kRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');
const kSecondsMax = 60;

/// What ctest tells.
function Setting(name) {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: run this test with ctest`);
  }
  return value;
}

function Environment() {
  const prefix = Setting('DYNAMODOWN_TEST_PREFIX');
  const libraries = path.join(prefix, Setting('DYNAMODOWN_TEST_LIBDIR'));
  const servers = Setting('DYNAMODOWN_TEST_SERVERS');
  const endpoint =
      fs.readFileSync(path.join(servers, 'dynamodb-local.endpoint'), 'utf8');
  const environment = {
    PATH: `${path.join(prefix, 'bin')}:${process.env.PATH}`,
    HOME: '/nonexistent',  // no configuration of AWS's
    LC_ALL: 'C.UTF-8',
    LD_LIBRARY_PATH: libraries,
    PKG_CONFIG_PATH: path.join(libraries, 'pkgconfig'),
    CMAKE_PREFIX_PATH: prefix,
    CXX: Setting('CXX'),
    CXXFLAGS: Setting('CXXFLAGS'),
    AWS_ENDPOINT_URL: endpoint.trim(),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  for (const name of ['CCACHE_DIR', 'TMPDIR']) {
    if (process.env[name]) environment[name] = process.env[name];
  }
  return environment;
}

/// What `script` prints; fails the test when it does not end well.
function Run(script, folder, environment) {
  const result = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    timeout: kSecondsMax * 1000,
  });
  if (result.error) throw result.error;
  assert.equal(
      result.status, 0,
      `ended with ${result.status ?? result.signal}\n` +
          `${result.stdout}${result.stderr}`);
  return result.stdout;
}

/// The script that builds a program of `text`, in `folder`.
function BuildScript(text, folder) {
  fs.writeFileSync(path.join(folder, 'block.cc'), text);
  const library = text.includes('#include <dyno/') ? 'dynamodown-dyno' :
                                                     'dynamodown';
  return '$CXX -std=c++17 -Wall -Wextra -Werror $CXXFLAGS block.cc -o block ' +
      `$(pkg-config --cflags --libs --static ${library})`;
}

/// The Markdown files in and below `folder`, in order.
function DocumentsIn(folder) {
  return fs.readdirSync(path.join(kRoot, folder), {withFileTypes: true})
      .flatMap((entry) => {
        const name = `${folder}/${entry.name}`;
        if (entry.isDirectory()) return DocumentsIn(name);
        return name.endsWith('.md') ? [name] : [];
      })
      .sort();
}

const environment = Environment();
const documents = ['README.md', ...DocumentsIn('docs')];

for (const document of documents) {
  const text = fs.readFileSync(path.join(kRoot, document), 'utf8');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-docs-'));
  after(() => fs.rmSync(folder, {recursive: true, force: true}));

  for (const block of Blocks(text)) {
    const where = `${document}:${block.line}`;
    const plan = PlanOf(block, document === 'README.md');
    if (plan === 'run') {
      test(`${where} runs`, () => {
        const printed = Run(block.text, folder, environment);
        if (block.output !== null) assert.equal(printed, block.output);
      });
    } else if (plan === 'build') {
      test(`${where} compiles`, () => {
        Run(BuildScript(block.text, folder), folder, environment);
        if (block.output === null) return;
        assert.equal(Run('./block', folder, environment), block.output);
      });
    } else if (['sh', 'cpp'].includes(block.language)) {
      test(`${where} is shown and not tested`, {todo: true}, () => {});
    }
  }

  test(`the links of ${document} lead somewhere`, () => {
    // Not what looks like a link in code.
    const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`]*`/g, '');
    for (const [, target] of prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const file = path.join(kRoot, path.dirname(document), target);
      assert.ok(fs.existsSync(file), `${target} is not there`);
    }
  });
}
