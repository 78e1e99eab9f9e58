// The tables of docs/porting.md agree with classic-level, leveldown and this
// package.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import {test} from 'node:test';
import {TableCode} from '../../tests/docs/blocks.mjs';

const require = createRequire(import.meta.url);
const DynamoDOWN = require('..');
const {ClassicLevel} = require('classic-level');
const leveldown = require('leveldown');

const text = fs.readFileSync(
    new URL('../../docs/porting.md', import.meta.url), 'utf8');

/// The public methods and properties of `prototype` and of those that it
/// inherits from, up to `root`.
function MembersOf(prototype, root) {
  const names = [];
  for (let p = prototype; p !== root; p = Object.getPrototypeOf(p)) {
    names.push(...Object.getOwnPropertyNames(p));
  }
  return names.filter((name) => /^[a-z]/.test(name) && name !== 'constructor');
}

test('each member of classic-level is in the table and in DynamoLevel', () => {
  const named = TableCode(text, 'classic-level 3').flat(2).join(' ');
  const own = MembersOf(
      ClassicLevel.prototype, Object.getPrototypeOf(ClassicLevel.prototype));
  for (const name of [...own, 'destroy', 'repair']) {
    assert.ok(new RegExp(`\\b${name}\\b`).test(named), name);
    if (name !== 'repair') {
      assert.ok(
          name in DynamoDOWN.DynamoLevel.prototype ||
              name in DynamoDOWN.DynamoLevel,
          name);
    }
  }
});

test('what is called a method is one, in both packages', () => {
  const rows = text.split('\n').filter((line) => line.startsWith('| `open`'));
  assert.equal(rows.length, 2);
  const [level, down] = rows.map(
      (row) => [...row.split('|')[1].matchAll(/`(\w+)`/g)].map(([, n]) => n));
  for (const name of level) {
    assert.equal(typeof ClassicLevel.prototype[name], 'function', name);
    assert.equal(
        typeof DynamoDOWN.DynamoLevel.prototype[name], 'function', name);
  }
  for (const name of down) {
    assert.equal(typeof leveldown.prototype[name], 'function', name);
    assert.equal(typeof DynamoDOWN.prototype[name], 'function', name);
  }
});
