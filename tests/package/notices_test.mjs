// THIRD_PARTY_NOTICES covers every library in the artefacts of this build.
//
//     notices_test.mjs BUILD ARTEFACT...
//
// BUILD is a folder with a Ninja build, and each ARTEFACT is a file in it.
// UPDATE_GOLDEN=1 rewrites THIRD_PARTY_NOTICES from the copyright files of this
// machine.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {kLibraries, kRelease, Notices} from './notices.mjs';

const kRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');
const kFile = path.join(kRoot, 'THIRD_PARTY_NOTICES');
/// Source packages of the standard libraries, the compilers and the kernel.
const kSystem = /^(glibc|linux|gcc-\d+|llvm-toolchain-\d+)$/;

const [, , build, ...artefacts] = process.argv;

function Output(command, ...args) {
  return execFileSync(command, args, {encoding: 'utf8', maxBuffer: 1 << 28});
}

function Ninja(...args) {
  return Output('ninja', '-C', build, ...args).split('\n');
}

/// Maps each file of a Debian package, and the file's mere name, to the
/// package's source package.
function DebianFiles() {
  const sources = new Map(
      Output(
          'dpkg-query', '--show', '--showformat',
          '${Package} ${source:Package}\n')
          .trim().split('\n').map((line) => line.split(' ')));
  const files = new Map();
  const folder = '/var/lib/dpkg/info';
  for (const list of fs.readdirSync(folder)) {
    const [, name] = list.match(/^([^:]+?)(?::\w+)?\.list$/) ?? [];
    if (name === undefined) continue;
    for (const file of
             fs.readFileSync(path.join(folder, list), 'utf8').split('\n')) {
      files.set(file.replace(/^\/lib\//, '/usr/lib/'), sources.get(name));
      if (/\.so[.\d]*\w*$/.test(file)) {
        files.set(path.basename(file), sources.get(name));
      }
    }
  }
  return files;
}

/// The files that `artefact` is made from, libraries and headers included.
/// Paths of the build are relative to it.
function FilesOf(artefact) {
  const inputs =
      Ninja('-t', 'inputs', path.relative(build, artefact)).filter(Boolean);
  const compiled = inputs.filter((name) => /\.(o|gch)$/.test(name));
  assert.notDeepEqual(compiled, [], `${artefact} is made from nothing`);
  const headers = Ninja('-t', 'deps', ...compiled)
      .filter((line) => line.startsWith('    ')).map((line) => line.trim());
  return [...inputs, ...headers];
}

/// The shared libraries that `artefact` loads; an archive loads none.
function LoadedBy(artefact) {
  if (artefact.endsWith('.a')) return [];
  return [...Output('readelf', '--dynamic', artefact)
              .matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name);
}

const debian = DebianFiles();

/// The Debian source package or npm package that `file` comes from, or null if
/// it is our own.
function OriginOf(file) {
  const [, npm] = file.match(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//) ?? [];
  if (npm !== undefined) return npm;
  const is_name = !file.includes('/');
  if (!is_name && !path.isAbsolute(file)) return null;
  const real = is_name ? file : path.resolve(file);
  if (real.startsWith(`${kRoot}/`)) return null;
  const origin = debian.get(real) ??
      (fs.existsSync(real) ? debian.get(fs.realpathSync(real)) : undefined);
  assert.ok(origin, `no package has ${file}`);
  return origin;
}

/// Maps each origin to the files from it.
const used = new Map();
for (const artefact of artefacts) {
  const inputs = FilesOf(artefact).filter((file) => file.includes('/'));
  for (const file of [...inputs, ...LoadedBy(artefact)]) {
    const origin = OriginOf(file);
    if (origin === null || kSystem.test(origin)) continue;
    if (!used.has(origin)) used.set(origin, new Set());
    used.get(origin).add(file);
  }
}

test('every library that is linked or compiled in has its notice', () => {
  const known = kLibraries.map(({source, npm}) => source ?? npm);
  for (const [origin, files] of used) {
    assert.ok(
        known.includes(origin),
        `${origin} has no notice, and is used: ${[...files].slice(0, 3)}. ` +
            'Add it to tests/package/notices.mjs');
  }
});

test('every notice is about a library that is used', () => {
  for (const {name, source, npm} of kLibraries) {
    assert.ok(used.has(source ?? npm), `nothing uses ${name}`);
  }
});

test('a library is called contained if an archive of it is linked', () => {
  for (const [origin, files] of used) {
    const archive = [...files].find((file) => file.endsWith('.a'));
    const library =
        kLibraries.find(({source, npm}) => (source ?? npm) === origin);
    if (archive && library) assert.ok(library.contained, archive);
  }
});

test('the file has the packages\' own copyright files', (context) => {
  const [, release] = fs.readFileSync('/etc/os-release', 'utf8')
                          .match(/^VERSION_CODENAME=(.*)$/m) ?? [];
  if (release !== kRelease) {
    context.diagnostic(`not compared: this is not ${kRelease}`);
    return;
  }
  const expected = Notices(path.join(kRoot, 'node/node_modules'));
  if (process.env.UPDATE_GOLDEN) fs.writeFileSync(kFile, expected);
  // assert.equal would print both texts.
  assert.ok(
      fs.readFileSync(kFile, 'utf8') === expected,
      'THIRD_PARTY_NOTICES is out of date: UPDATE_GOLDEN=1 rewrites it');
});

test('the file has a section for each library', () => {
  const text = fs.readFileSync(kFile, 'utf8');
  for (const {name} of kLibraries) {
    assert.ok(text.includes(`\n${name}\n===`), name);
    assert.ok(text.includes(`\n  * ${name}\n`), name);
  }
});
