// Tests of the Markdown reader.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  Anchors, Blocks, Links, Paths, PlanOf, TableCode,
} from './blocks.mjs';

function Document(...lines) {
  return lines.join('\n');
}

test('a block has its language, its place and its text', () => {
  const blocks = Blocks(Document('# A', '', '```sh', 'a', '', 'b', '```', 'c'));
  assert.equal(blocks.length, 1);
  assert.equal(blocks[0].language, 'sh');
  assert.equal(blocks[0].line, 4);
  assert.equal(blocks[0].text, 'a\n\nb\n');
  assert.equal(blocks[0].output, null);
});

test('a text block right after a block is its output', () => {
  const [block, ...rest] = Blocks(
      Document('```sh', 'a', '```', '', '```text', ' 1', '', '```'));
  assert.equal(block.output, ' 1\n\n');
  assert.deepEqual(rest, []);
});

test('a text block after some prose is a block of its own', () => {
  const blocks = Blocks(
      Document('```sh', 'a', '```', 'prose', '```text', '1', '```'));
  assert.equal(blocks[0].output, null);
  assert.equal(blocks[1].text, '1\n');
});

test('an empty output is one', () => {
  const [block] = Blocks(Document('```sh', 'a', '```', '```text', '```'));
  assert.equal(block.output, '');
});

test('a longer fence holds a shorter one', () => {
  const [block] = Blocks(Document('````md', '```sh', '```', '````'));
  assert.equal(block.text, '```sh\n```\n');
});

test('a block that does not end is an error', () => {
  assert.throws(() => Blocks(Document('a', '```sh', 'b')), /line 2/);
});

test('every shell block is run and every C++ block is built', () => {
  const plans = Blocks(Document(
      '```sh', 'a', '```', '```cpp', 'b', '```', '```js', 'c', '```', '.',
      '```text', 'd', '```')).map(PlanOf);
  assert.deepEqual(plans, ['run', 'build', null, null]);
});

test('links are those to files, outside of code', () => {
  const text = Document(
      '[a](b.md) and [c](d.md#e) ![f](g.svg)', '[h](https://i.org)', '`[j](k)`',
      '```cpp', '[l](m) {}', '```');
  assert.deepEqual(Links(text), ['b.md', 'd.md#e', 'g.svg']);
});

test('anchors are those of GitHub', () => {
  const text = Document(
      '# The command line', '## What `x` costs: a, b', '```sh', '# no', '```');
  assert.deepEqual(Anchors(text), ['the-command-line', 'what-x-costs-a-b']);
});

test('a table has the code of its cells', () => {
  const text = Document(
      '| a | b |', '|---|---|', '| `c` | d |', '| `e`, `f g` | `h` |', '', '|i|');
  assert.deepEqual(TableCode(text, 'a'), [[['c'], []], [['e', 'f g'], ['h']]]);
  assert.throws(() => TableCode(text, 'z'), /no table "z"/);
});

test('paths are those in code, and names of C++ files', () => {
  const text = Document(
      '`src/db` `a.cc` `base/b.h` src/c `other/d` `e.md`', '```', '`src/f`',
      '```');
  assert.deepEqual(Paths(text, ['src']), ['src/db', 'a.cc', 'base/b.h']);
});
