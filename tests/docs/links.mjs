// Checks the links of Markdown files: in the source, in an installed tree, and
// in the npm package.

import fs from 'node:fs';
import path from 'node:path';
import {Anchors, Links} from './blocks.mjs';

/// The Markdown files in and below `folder`, in order. They are relative to
/// `root`, as `folder` is.
export function PagesIn(root, folder) {
  return fs.readdirSync(path.join(root, folder), {withFileTypes: true})
      .flatMap((entry) => {
        const name = path.join(folder, entry.name);
        if (entry.isDirectory()) return PagesIn(root, name);
        return name.endsWith('.md') ? [name] : [];
      })
      .sort();
}

/// Returns a message for each broken link of `page`, a file in `root`. A link
/// must lead to a file in `root`, and to a heading there if it has a "#".
export function BrokenLinks(root, page) {
  const problems = [];
  const text = fs.readFileSync(path.join(root, page), 'utf8');
  for (const link of Links(text)) {
    const [name, anchor] = link.split('#');
    const file =
        name === '' ? page : path.join(path.dirname(page), name);
    if (file.startsWith('..') || !fs.existsSync(path.join(root, file))) {
      problems.push(`${page}: ${link} does not exist`);
    } else if (anchor !== undefined && file.endsWith('.md')) {
      const target = fs.readFileSync(path.join(root, file), 'utf8');
      if (!Anchors(target).includes(anchor)) {
        problems.push(`${page}: ${file} has no heading #${anchor}`);
      }
    }
  }
  return problems;
}

/// Returns a message for each document that `file`, a source file, names in its
/// comments ("docs/dyno.md"), if the folder `documents` does not have it.
export function MissingDocuments(file, documents) {
  const named =
      fs.readFileSync(file, 'utf8').matchAll(/\bdocs\/[\w./-]+\.(?:md|svg)\b/g);
  return [...named].map(([name]) => name)
      .filter((name) => !fs.existsSync(path.join(documents, name)))
      .map((name) => `${file}: ${name} does not exist`);
}
