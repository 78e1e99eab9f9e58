// The tree keeps the limits of lengths.mjs, and lengths.mjs measures correctly.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Text} from './layers.mjs';
import {Check, Functions} from './lengths.mjs';

const kRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');

const Filled = (lines) => '  F();\n'.repeat(lines);

function CheckText(text, exceptions = [], file = 'src/base/a.cc') {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-lint-'));
  try {
    fs.mkdirSync(path.join(root, path.dirname(file)), {recursive: true});
    fs.writeFileSync(path.join(root, file), text);
    return Check(root, exceptions).map(Text);
  } finally {
    fs.rmSync(root, {recursive: true, force: true});
  }
}

test('the tree keeps the limits', () => {
  const found = Check(kRoot).map(Text);
  assert.ok(found.length === 0, found.join('\n'));
});

/// A description, a function's name, and its text, which has 70 lines.
const kFunctions = [
  ['a function', 'Get', `int Get() {\n${Filled(68)}}\n`],
  ['a declaration of three lines', 'Store::Get',
   `Result<std::map<A, B>> Store::Get(\n    A a,\n    B b) const {\n${
       Filled(66)}}\n`],
  ['a member in a class', 'Get',
   `namespace n {\nclass A : public B {\n public:\n  int Get() {\n${
       Filled(68)}  }\n  int x = 0;\n};\n}\n`],
  ['a constructor with a list in braces', 'A::A',
   `A::A(int x)\n    : b_{x}, c_(x) {\n${Filled(67)}}\n`],
  ['a lambda and a list in a function', 'Get',
   `int Get() {\n  Each([](int i) {\n${Filled(62)}  });\n  int a[] = {\n    1,\n${
       ''}  };\n  return a[0];\n}\n`],
  ['braces in strings and comments', 'Get',
   `int Get() {\n  // }\n  F("}", '{');\n${Filled(66)}}\n`],
  ['a test', 'SuiteTest.Rule', `TEST_F(SuiteTest, Rule) {\n${Filled(68)}}\n`],
];

for (const [what, name, text] of kFunctions) {
  test(`measures ${what}`, () => {
    const [one, ...others] = Functions(`int a;\n\n${text}int b();\n`);
    assert.deepEqual(others, []);
    assert.deepEqual(one, {name, line: text.startsWith('namespace') ? 6 : 3,
                           lines: 70});
    assert.deepEqual(CheckText(text), []);
    const longer = CheckText(text.replace('  F();\n', '  F();\n  F();\n'));
    assert.equal(longer.length, 1);
    assert.ok(longer[0].includes(`${name} has 71 lines, over 70`), longer[0]);
  });
}

test('a table is no function', () => {
  assert.deepEqual(
      CheckText(`const T kTable[] = {\n${'  {F(1), 2},\n'.repeat(80)}};\n`),
      []);
});

test('finds a file of 601 lines', () => {
  assert.deepEqual(CheckText('int a;\n'.repeat(600)), []);
  assert.deepEqual(CheckText('int a;\n'.repeat(601)),
                   ['src/base/a.cc:1: has 601 lines, over 600']);
});

test('leaves other folders alone', () => {
  assert.deepEqual(CheckText('int a;\n'.repeat(601), [], 'tests/a.cc'), []);
});

test('an exception is allowed while it is needed', () => {
  const exceptions = ['src/base/a.cc'];
  assert.deepEqual(CheckText('int a;\n'.repeat(601), exceptions), []);
  const found = CheckText('int a;\n', exceptions);
  assert.equal(found.length, 1);
  assert.match(found[0], /an exception without need: "src\/base\/a\.cc"/);
});
