// Every example of README.md and docs/ works:
//
//   ```cpp   compiles and links as it stands, as C++17 without a warning. If a
//            ```text block follows, the program also runs, without arguments,
//            and prints exactly that text.
//   ```sh    ends with status 0 and prints exactly the ```text block that
//            follows, if there is one. The first failing command ends it.
//   [a](b)   names a file of the tree, and a heading in it if there is a "#";
//            also in node/README.md, whose examples node/test runs.
//
// Commands that are shown but cannot run here are indented instead of fenced.
//
// A page's blocks run one after another in one empty folder, as a reader would
// run them. `dynamodown`, pkg-config and CMake find the installed package.
// DynamoDB is DynamoDB Local; tables stay from one page to the next.

import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Blocks, PlanOf} from './blocks.mjs';
import {BrokenLinks, PagesIn} from './links.mjs';

const kRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');
const kSecondsMax = 60;

/// A variable that ctest sets.
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
  const environment = {
    PATH: `${path.join(prefix, 'bin')}:${process.env.PATH}`,
    HOME: '/nonexistent',  // no AWS configuration
    LC_ALL: 'C.UTF-8',
    LD_LIBRARY_PATH: libraries,
    PKG_CONFIG_PATH: path.join(libraries, 'pkgconfig'),
    CMAKE_PREFIX_PATH: prefix,
    CXX: Setting('CXX'),
    CXXFLAGS: Setting('CXXFLAGS'),
    AWS_ENDPOINT_URL: Setting('DYNAMODOWN_TEST_ENDPOINT'),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  for (const name of ['CCACHE_DIR', 'TMPDIR']) {
    if (process.env[name]) environment[name] = process.env[name];
  }
  return environment;
}

/// Returns the output of `script`. Fails the test if its status is not 0.
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

/// Writes `text` into `folder` and returns the script that compiles it.
function BuildScript(text, folder) {
  fs.writeFileSync(path.join(folder, 'block.cc'), text);
  const library = text.includes('#include <dyno/') ? 'dynamodown-dyno' :
                                                     'dynamodown';
  return '$CXX -std=c++17 -Wall -Wextra -Werror $CXXFLAGS block.cc -o block ' +
      `$(pkg-config --cflags --libs --static ${library})`;
}

const environment = Environment();
const pages = [
  'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...PagesIn(kRoot, 'docs'),
];

for (const page of pages) {
  const text = fs.readFileSync(path.join(kRoot, page), 'utf8');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-docs-'));
  after(() => fs.rmSync(folder, {recursive: true, force: true}));

  for (const block of Blocks(text)) {
    const where = `${page}:${block.line}`;
    const plan = PlanOf(block);
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
    }
  }
}

for (const page of [...pages, 'node/README.md']) {
  test(`the links of ${page} lead somewhere`, () => {
    assert.deepEqual(BrokenLinks(kRoot, page), []);
  });
}
