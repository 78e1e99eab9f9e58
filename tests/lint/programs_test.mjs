// ./dev setup installs every program that the tree starts. programs.mjs finds a
// missing one: the tests remove each package in turn, and plant programs.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Text} from './layers.mjs';
import {Check, PackagesOf, ShellCommands} from './programs.mjs';

const kRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');
const Read = (file) => fs.readFileSync(path.join(kRoot, file), 'utf8');

test('./dev setup installs what the tree starts', () => {
  const found = Check(kRoot).map(Text);
  assert.ok(found.length === 0, found.join('\n'));
});

const dev = Read('dev');
const packages = [...PackagesOf(dev)];
/// The packages of programs. If a package of headers or libraries is missing,
/// CMake or the compiler says so.
const kPrograms = packages.filter((name) => !/^lib(?!curl)|-dev$|^groff-base$/
    .test(name) || name === 'libcurl4-gnutls-dev');

test('./dev setup installs packages of programs', () => {
  for (const name of ['g++', 'file', 'patch', 'nodejs', 'npm']) {
    assert.ok(kPrograms.includes(name), name);
  }
});

for (const name of kPrograms) {
  test(`finds that ./dev setup does not install ${name}`, () => {
    const without = dev.split('\n').filter(
        (row) => !row.startsWith(`  "${name} `) &&
            !row.endsWith(`|| echo ${name}`)).join('\n');
    assert.notEqual(without, dev);
    const found = Check(kRoot, {dev: without}).map(Text);
    assert.ok(found.length > 0);
    for (const one of found) {
      assert.ok(one.endsWith(`./dev setup does not install ${name}`), one);
    }
  });
}

/// Unknown programs, to append to a file.
const kPlants = [
  ['dev', 'sponge result'],
  ['dev', 'a=1 b=$(cat x | sponge y)'],
  ['dev', 'if ! sponge; then echo; fi'],
  ['dev', 'case x in a | b) sponge ;; esac'],
  ['dev', 'echo "there is $(sponge "$1")"'],
  ['dev', 'env -u A B=c sponge'],
  ['dev', 'cat <<END\n$not\nEND\nsponge'],
  ['.ci/run', 'exec sponge'],
  ['tests/package/chroot.sh', 'x=$(sponge) || fail'],
  ['CMakeLists.txt', 'execute_process(COMMAND sponge -x)'],
  ['CMakeLists.txt', 'find_program(SPONGE NAMES other.sponge REQUIRED)',
   'other.sponge'],
  ['tests/package/package.cmake', 'run(nothing sponge)'],
  ['tests/package/package.cmake', 'run(bytes sh -c [=[\n  sponge "$0" | cat\n]=])'],
  ['cmake/debian_tree.cmake', 'run(sponge x)'],
  ['tests/sim/mutants/run.mjs', 'Run(\'sponge\', [\'x\']);'],
  ['tests/sim/mutants/run.mjs', 'MustRun(\'it fails\', \'sponge\', [\'x\']);'],
  ['node/test/tls_test.mjs', 'spawnSync(\'/usr/bin/sponge\', args);'],
  ['tests/tls/stunnel.cc', 'int e = posix_spawnp(&p, "sponge", a, b, c, d);'],
  ['tests/cli/cli_test.cc', 'invocation.program = "/bin/sponge";'],
];

for (const [file, line, program = 'sponge'] of kPlants) {
  test(`finds in ${file}: ${line.split('\n')[0]}`, () => {
    const text = `${Read(file)}\n${line}\n`;
    const found = Check(kRoot, {[file]: text}).map(Text);
    assert.deepEqual(found.map((one) => one.replace(/:\d+:/, ':')), [
      `${file}: starts ${program}, which tests/lint/programs.mjs does not know`,
    ]);
  });
}

test('what is quoted, or a name of something else, is no program', () => {
  const text = [
    'x=sponge', 'a=(sponge b)', 'echo sponge # sponge', 'echo "sponge; sponge"',
    '[[ sponge == x && y ]]', '(( sponge > 1 ))', 'for sponge in sponge; do :',
    'done', 'cat <<\'END\'', 'sponge', 'END', 'case sponge in sponge) ;; esac',
    'cat >sponge 2>&1 <sponge', 'cat \\', '  sponge',
  ].join('\n');
  const words = ShellCommands(text).map(({word}) => word);
  assert.ok(!words.includes('sponge'), words.join(' '));
});
