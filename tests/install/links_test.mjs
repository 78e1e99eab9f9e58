// Every link in the installed documents leads to an installed file, and the
// documents that installed headers and examples name are installed.
//
//     links_test.mjs PREFIX DOCUMENTS INCLUDE
//
// DOCUMENTS and INCLUDE are folders below PREFIX.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {BrokenLinks, MissingDocuments, PagesIn} from '../docs/links.mjs';

const [, , prefix, documents, include] = process.argv;
const root = fs.realpathSync(path.join(prefix, documents));

test('the links of the documents lead somewhere', () => {
  const pages = PagesIn(root, '.');
  assert.ok(pages.includes('README.md') && pages.includes('docs/costs.md'));
  assert.deepEqual(pages.flatMap((page) => BrokenLinks(root, page)), []);
});

test('the documents that headers and examples name are there', () => {
  const files = ['dynamodown', 'dyno'].flatMap(
      (name) => {
        const folder = path.join(prefix, include, name);
        return fs.readdirSync(folder).map((file) => path.join(folder, file));
      });
  const examples = path.join(root, 'examples');
  files.push(
      ...fs.readdirSync(examples).map((file) => path.join(examples, file)));
  assert.ok(files.length > 10);
  assert.deepEqual(files.flatMap((file) => MissingDocuments(file, root)), []);
});

test('links do not lead out of the installed tree', () => {
  const inside = fs.realpathSync(prefix);
  for (const header of ['dynamodown/db.h', 'dyno/store.h']) {
    const real = fs.realpathSync(path.join(root, 'include', header));
    assert.equal(real, path.join(inside, include, header));
  }
});
