// Makes the npm package: the files that package.json's "files" name, the given
// addon, and the project's licence, notices, changelog and documents, without
// development files.
//
//     node pack.mjs ADDON FOLDER     prints the path of the .tgz in FOLDER

import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const kHere = path.dirname(fileURLToPath(import.meta.url));
const kRoot = path.dirname(kHere);

const [, , addon, folder] = process.argv;
if (folder === undefined) {
  console.error('usage: node pack.mjs ADDON FOLDER');
  process.exit(2);
}
fs.mkdirSync(folder, {recursive: true});

/// Files of the package that come from the project's root.
const kOfProject = ['CHANGELOG.md', 'LICENSE', 'THIRD_PARTY_NOTICES', 'docs'];
/// Documents about the project's own code; the package has none of them.
const kAboutCode = ['architecture.md', 'decisions', 'testing.md'];

/// The file or folder of the tree that becomes `name` in the package.
function SourceOf(name) {
  const [first] = name.split('/');
  return path.join(kOfProject.includes(first) ? kRoot : kHere, name);
}

/// The text of the Markdown file `page` of the package. A link to a file of the
/// package leads to that file; of any other link only the text is left.
function TextOf(page, packed) {
  const by_source = new Map(packed.map((name) => [SourceOf(name), name]));
  const source = SourceOf(page);
  const code_or_link = /^```[\s\S]*?^```|`[^`]*`|!?\[([^\]]*)\]\(([^)\s]+)\)/gm;
  return fs.readFileSync(source, 'utf8')
      .replace(code_or_link, (all, text, link) => {
        if (link === undefined || /^(#|[a-z]+:)/.test(link)) return all;
        const [file, anchor] = link.split('#');
        const target =
            by_source.get(path.resolve(path.dirname(source), file));
        if (target === undefined) return text;
        const to = path.relative(path.dirname(page), target);
        const heading = anchor === undefined ? '' : `#${anchor}`;
        return all.replace(`](${link})`, `](${to}${heading})`);
      });
}

/// The names of all files in `folder`, at any depth.
function FilesIn(folder) {
  return fs.readdirSync(folder, {withFileTypes: true}).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    return FilesIn(path.join(folder, entry.name))
        .map((name) => `${entry.name}/${name}`);
  });
}

const staged = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-pack-'));
try {
  const manifest =
      JSON.parse(fs.readFileSync(path.join(kHere, 'package.json'), 'utf8'));
  for (const name of manifest.files) {
    if (name === 'prebuilds') continue;
    fs.cpSync(SourceOf(name), path.join(staged, name), {recursive: true});
  }
  for (const name of kAboutCode) {
    fs.rmSync(path.join(staged, 'docs', name), {recursive: true});
  }
  const names = FilesIn(staged);
  for (const name of names.filter((name) => name.endsWith('.md'))) {
    fs.writeFileSync(path.join(staged, name), TextOf(name, names));
  }
  delete manifest.devDependencies;
  delete manifest.scripts;
  fs.writeFileSync(
      path.join(staged, 'package.json'),
      `${JSON.stringify(manifest, null, 2)}\n`);

  const prebuilt =
      path.join(staged, 'prebuilds', `${process.platform}-${process.arch}`);
  fs.mkdirSync(prebuilt, {recursive: true});
  execFileSync(process.env.STRIP ?? 'strip', [
    '--strip-unneeded', '--remove-section=.comment', '-o',
    path.join(prebuilt, 'dynamodown.node'), addon,
  ]);

  const printed = execFileSync(
      'npm',
      ['pack', '--json', '--pack-destination', path.resolve(folder), staged],
      {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']});
  const packed = JSON.parse(printed);
  // An array up to npm 11, an object by name after.
  const [{filename}] = Array.isArray(packed) ? packed : Object.values(packed);
  console.log(path.join(path.resolve(folder), filename));
} finally {
  fs.rmSync(staged, {recursive: true, force: true});
}
