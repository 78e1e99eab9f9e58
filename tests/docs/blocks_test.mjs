// What readme_test.mjs takes out of a document.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Blocks, PlanOf} from './blocks.mjs';

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

test('what is marked is tested, and all C++ of README', () => {
  const [sh, tested_sh, cpp, tested_cpp, text] = Blocks(Document(
      '```sh', 'a', '```', '```sh', '# tested', 'a', '```', '```cpp', 'b',
      '```', '```cpp', '// tested', 'b', '```', '.', '```text', '# tested',
      '```'));
  for (const is_readme of [false, true]) {
    assert.equal(PlanOf(sh, is_readme), null);
    assert.equal(PlanOf(tested_sh, is_readme), 'run');
    assert.equal(PlanOf(tested_cpp, is_readme), 'build');
    assert.equal(PlanOf(text, is_readme), null);
  }
  assert.equal(PlanOf(cpp, false), null);
  assert.equal(PlanOf(cpp, true), 'build');
});
