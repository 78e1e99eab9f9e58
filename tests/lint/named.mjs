// Finds files that nothing uses: leftovers of patches and merges, and files
// that no other file names. Prints each as "file:line: what"; the exit status
// is 1 if there is one.
//
//     node named.mjs [ROOT]
//
// Another file names a file by its whole name. A script or a public example may
// also be named without its ending, or without "_test", as CMake's loops and
// require() do.

import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {RunAsProgram} from './layers.mjs';

const kLeftover = /\.(orig|rej|bak|tmp)$|~$/;

/// Folders that a program reads as a whole, and names that CMake composes;
/// below, the files that tools look for by themselves.
const kReadWhole = [
  /^tests\/(sim|dyno_sim)\/mutants\/[\w-]+\.patch$/,
  /^tests\/wire\/cases\//,
  /^tests\/fuzz\/seeds\//,
  /^node\/test\/suite_\w+\.js$/,
];
const kFoundByTools =
    /(^|\/)(CMakeLists\.txt|CMakePresets\.json|README\.md|\.\w[\w-]*)$/;

const kSkipped = ['.git', '.deps', 'build', 'node_modules', 'prebuilds'];

/// The files that git tracks; without a repository, all files.
export function TrackedFiles(root) {
  if (fs.existsSync(path.join(root, '.git'))) {
    const listed = execFileSync('git', ['-C', root, 'ls-files', '-z'], {
      encoding: 'utf8', maxBuffer: 1 << 26,
    });
    return listed.split('\0').filter(
        (file) => file && fs.existsSync(path.join(root, file)));
  }
  const files = [];
  const Walk = (folder) => {
    const entries =
        fs.readdirSync(path.join(root, folder), {withFileTypes: true});
    for (const entry of entries) {
      if (kSkipped.includes(entry.name)) continue;
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) Walk(name);
      if (entry.isFile()) files.push(name);
    }
  };
  Walk('');
  return files.sort();
}

/// Returns the files under `root` that nothing uses: {file, line, what}.
export function Check(root, files = TrackedFiles(root)) {
  // For each word, up to two files that contain it.
  const holders = new Map();
  for (const file of files) {
    if (kLeftover.test(file)) continue;
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    for (const word of new Set(text.split(/[^\w.-]+/))) {
      const name = word.replace(/^\.+(?=\w)|\.+$/g, '');
      const known = holders.get(name) ?? [];
      if (known.length < 2 && !known.includes(file)) {
        holders.set(name, [...known, file]);
      }
    }
  }
  const IsNamed = (file) => {
    const name = path.posix.basename(file);
    const stem = name.replace(/\.\w+$/, '');
    const names = [name];
    if (/\.(js|mjs|cmake)$/.test(name) || file.startsWith('examples/')) {
      names.push(stem, stem.replace(/_test$/, ''));
    }
    return names.some(
        (one) => holders.get(one)?.some((holder) => holder !== file));
  };

  const found = [];
  for (const file of files) {
    if (kLeftover.test(file)) {
      found.push({file, line: 1, what: 'is a leftover'});
    } else if (!kFoundByTools.test(file) &&
               !kReadWhole.some((folder) => folder.test(file)) &&
               !IsNamed(file)) {
      found.push({file, line: 1, what: 'is named by no other file'});
    }
  }
  return found;
}

RunAsProgram(import.meta.url, Check);
