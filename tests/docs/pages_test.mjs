// Every example of README.md and docs/ works:
//
//   ```cpp   compiles and links as it stands, as C++17 without a warning. If a
//            ```text block follows, the program also runs, without arguments,
//            and prints exactly that text.
//   ```sh    ends with status 0 and prints exactly the ```text block that
//            follows, if there is one. The first failing command ends it.
//   [a](b)   names a file of the tree, and a heading in it if there is a "#".
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
import {Anchors, Blocks, Links, PlanOf} from './blocks.mjs';

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

/// The pages in and below `folder`, in order.
function PagesIn(folder) {
  return fs.readdirSync(path.join(kRoot, folder), {withFileTypes: true})
      .flatMap((entry) => {
        const name = `${folder}/${entry.name}`;
        if (entry.isDirectory()) return PagesIn(name);
        return name.endsWith('.md') ? [name] : [];
      })
      .sort();
}

/// Fails the test unless `link` of `page` leads to a file and a heading.
function CheckLink(page, link) {
  const [name, anchor] = link.split('#');
  const file =
      name === '' ? page : path.join(path.dirname(page), name);
  assert.ok(fs.existsSync(path.join(kRoot, file)), `${link} does not exist`);
  if (anchor === undefined || !file.endsWith('.md')) return;
  const text = fs.readFileSync(path.join(kRoot, file), 'utf8');
  assert.ok(Anchors(text).includes(anchor), `${file} has no heading #${anchor}`);
}

const environment = Environment();
const pages = ['README.md', ...PagesIn('docs')];

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

  test(`the links of ${page} lead somewhere`, () => {
    for (const link of Links(text)) CheckLink(page, link);
  });
}
