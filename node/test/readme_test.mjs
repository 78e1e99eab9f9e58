// The examples of README.md and docs/porting.md that are marked "tested" print
// the output beside them.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Blocks} from '../../tests/docs/blocks.mjs';
import stores from './stores.js';

const kPackage = path.resolve(fileURLToPath(import.meta.url), '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-readme-'));
after(() => fs.rmSync(folder, {recursive: true, force: true}));
fs.mkdirSync(path.join(folder, 'node_modules'));
fs.symlinkSync(kPackage, path.join(folder, 'node_modules/dynamodown'));

const text = fs.readFileSync(path.join(kPackage, 'README.md'), 'utf8');

function TestedIn(page) {
  const text = fs.readFileSync(path.join(kPackage, page), 'utf8');
  const tested = Blocks(text).filter(
      ({language, text}) => language === 'js' && text.startsWith('// tested'));
  assert.ok(tested.length > 0, page);
  return tested.map((block) => ({...block, page}));
}

const tested = ['README.md', '../docs/porting.md'].flatMap(TestedIn);
for (const {page, line, text, output} of tested) {
  test(`${page}:${line} prints what it says`, () => {
    const file = path.join(folder, `${path.basename(page)}.${line}.js`);
    fs.writeFileSync(file, text);
    const printed = execFileSync(process.execPath, [file], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        HOME: '/nonexistent',  // no configuration of AWS's
        AWS_ENDPOINT_URL: stores.Endpoint(),
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      },
    });
    assert.equal(printed, output);
  });
}

test('its links lead somewhere', () => {
  for (const [, target] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    assert.ok(fs.existsSync(path.join(kPackage, target)), target);
  }
});

test('it and the declarations name every option that there is', () => {
  const declared = fs.readFileSync(path.join(kPackage, 'index.d.ts'), 'utf8');
  const settings = fs.readFileSync(
      path.join(kPackage, 'lib/settings.js'), 'utf8');
  const list = /const kSettings = \[([^\]]*)\]/.exec(settings)[1];
  for (const [, name] of list.matchAll(/'(\w+)'/g)) {
    assert.ok(text.includes(name), name);
    assert.match(declared, new RegExp(`\\b${name}\\??:`));
  }
});
