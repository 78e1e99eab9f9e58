// The npm package, installed in an empty folder, is complete, runs without this
// tree, and needs only the libraries that README.md names.

import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Links} from '../../tests/docs/blocks.mjs';
import {BrokenLinks, PagesIn} from '../../tests/docs/links.mjs';
import stores from './stores.js';

const kPackage = path.resolve(fileURLToPath(import.meta.url), '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-package-'));
after(() => fs.rmSync(folder, {recursive: true, force: true}));

/// The environment without variables about this tree.
function Environment(more = {}) {
  const {DYNAMODOWN_NODE_ADDON, DYNAMODOWN_TEST_SERVERS, ...rest} = process.env;
  return {...rest, ...more};
}

function Output(command, args, options) {
  return execFileSync(
      command, args,
      {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options});
}

const tarball = Output(process.execPath, [
  path.join(kPackage, 'pack.mjs'), process.env.DYNAMODOWN_NODE_ADDON, folder,
]).trim();

test('it has what it needs and nothing else', () => {
  const names = Output('tar', ['-tzf', tarball]).trim().split('\n')
      .map((name) => name.replace(/^package\//, ''));
  const others = names.filter((name) => !/^(lib|docs)\//.test(name));
  assert.deepEqual(others.sort(), [
    'CHANGELOG.md', 'LICENSE', 'README.md', 'THIRD_PARTY_NOTICES', 'index.d.ts',
    'index.js', 'package.json', 'prebuilds/linux-x64/dynamodown.node',
  ]);
  assert.deepEqual(
      names.filter((name) => name.startsWith('lib/')).sort(),
      fs.readdirSync(path.join(kPackage, 'lib')).map((name) => `lib/${name}`)
          .sort());
});

test('every link in it leads to a file in it', () => {
  const unpacked = path.join(folder, 'unpacked');
  fs.mkdirSync(unpacked);
  Output('tar', ['-xzf', tarball, '-C', unpacked]);
  const root = path.join(unpacked, 'package');
  const pages = PagesIn(root, '.');
  for (const page of ['README.md', 'docs/dyno.md', 'docs/options.md']) {
    assert.ok(pages.includes(page), page);
  }
  assert.deepEqual(pages.flatMap((page) => BrokenLinks(root, page)), []);
  const linked = Links(fs.readFileSync(path.join(root, 'README.md'), 'utf8'));
  assert.ok(linked.includes('docs/options.md'), linked.join());
});

test('it installs in an empty folder and runs there', () => {
  const empty = path.join(folder, 'empty');
  fs.mkdirSync(empty);
  const options = {cwd: empty, env: Environment()};
  Output(
      'npm',
      [
        'install', '--prefer-offline', '--no-audit', '--no-fund',
        '--ignore-scripts', '--loglevel', 'error', tarball,
      ],
      options);
  fs.writeFileSync(path.join(empty, 'run.mjs'), `
    import DynamoDOWN, {DynamoLevel, dyno} from 'dynamodown';
    const connection = {
      region: 'us-east-1',
      endpoint: process.env.ENDPOINT,
      credentials: {accessKeyId: 'local', secretAccessKey: 'local'},
    };
    for (const [location, options] of [
      ['leveldb:here/kim', {}], ['package/${Date.now()}', connection],
    ]) {
      const db = new DynamoLevel(location, options);
      await db.put('name', 'Yuri Irsenovich Kim');
      console.log(await db.get('name'));
      await dyno(db).putItem('kim', {a: 1});
      await db.close();
    }
    console.log(typeof DynamoDOWN);
  `);
  const printed = Output(process.execPath, ['run.mjs'], {
    ...options, env: Environment({ENDPOINT: stores.Endpoint()}),
  });
  const name = 'Yuri Irsenovich Kim\n';
  assert.equal(printed, `${name}${name}function\n`);
});

test('the addon needs the libraries that README.md names', (context) => {
  const needed = [...Output('readelf', [
    '--dynamic', process.env.DYNAMODOWN_NODE_ADDON,
  ]).matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name)
      // Sanitizer builds need the sanitizer's library.
      .filter((name) => !/^lib(asan|ubsan|tsan)\.so/.test(name));
  const kOfTheSystem =
      /^(libc|libm|libgcc_s|libstdc\+\+|libpthread|ld-linux-x86-64)\.so/;
  const own = needed.filter((name) => !kOfTheSystem.test(name)).sort();
  assert.deepEqual(
      own, ['libcurl-gnutls.so.4', 'libnettle.so.8', 'libsimdjson.so.14']);
  const readme = fs.readFileSync(path.join(kPackage, 'README.md'), 'utf8');
  const binding =
      fs.readFileSync(path.join(kPackage, 'lib/binding.js'), 'utf8');
  for (const name of own) {
    assert.ok(readme.includes(name), name);
    assert.ok(binding.includes(`'${name}': '`), name);
  }
});

test('a missing library is named, with what to install', () => {
  const unpacked = path.join(folder, 'missing');
  fs.mkdirSync(unpacked);
  Output('tar', ['-xzf', tarball, '-C', unpacked]);
  const root = path.join(unpacked, 'package');
  const file = path.join(root, 'prebuilds/linux-x64/dynamodown.node');
  const addon = fs.readFileSync(file);
  /// Replaces the name of a library that the addon needs by one of its length.
  const Rename = (name, other) => {
    const copy = Buffer.from(addon);
    const at = copy.indexOf(`${name}\0`);
    assert.ok(at >= 0, name);
    copy.write(other, at, 'latin1');
    fs.writeFileSync(file, copy);
  };
  const Message = () => {
    const {stderr, status} = spawnSync(
        process.execPath, ['-e', `require(${JSON.stringify(root)})`],
        {encoding: 'utf8', env: Environment()});
    assert.equal(status, 1);
    return stderr;
  };
  // The package's own dependencies.
  fs.symlinkSync(
      path.join(kPackage, 'node_modules'), path.join(root, 'node_modules'));

  // So that the library is missing on this machine, too.
  const binding = path.join(root, 'lib/binding.js');
  const code = fs.readFileSync(binding, 'utf8');
  assert.ok(code.includes("'libsimdjson.so.14'"));
  fs.writeFileSync(
      binding, code.replace("'libsimdjson.so.14'", "'libsimdjson.so.xx'"));
  Rename('libsimdjson.so.14', 'libsimdjson.so.xx');
  assert.match(
      Message(),
      /no libsimdjson\.so\.xx\. On Debian 12 run: apt-get install libcurl3-gnutls libnettle8 libsimdjson14\./);

  Rename('libsimdjson.so.14', 'libunknown.so.xyz');
  assert.match(Message(), /for Linux with glibc: libunknown\.so\.xyz: cannot/);
});

test('the addon shows nobody its insides', () => {
  const shown = Output('nm', [
    '--dynamic', '--defined-only', process.env.DYNAMODOWN_NODE_ADDON,
  ]).trim().split('\n').map((line) => line.split(' ').at(-1));
  assert.deepEqual(
      shown.sort(),
      ['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
});
