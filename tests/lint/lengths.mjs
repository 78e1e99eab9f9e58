// Finds functions and files that are too long. Prints each as
// "file:line: what"; the exit status is 1 if there is one.
//
//     node lengths.mjs [ROOT]
//
// A function is a block in braces that follows parentheses and is enclosed only
// by namespaces and classes. Its length counts from the first line of its
// declaration to the closing brace. A lambda counts as part of its function.

import fs from 'node:fs';
import path from 'node:path';
import {Code, Files, RunAsProgram} from './layers.mjs';

const kFolders = /^(src|cli|fake|node\/src)\//;
const kFunctionLinesMax = 70;
const kFileLinesMax = 600;

/// Functions and files that may still be too long, as "file" or "file: name".
/// The check reports an entry that is no longer needed.
export const kExceptions = [];

const kScope = /(^|\s)(namespace|class|struct|union|enum|extern "?\s*"?)(\s|$)/;

/// {name, line, lines} of each function in `text`.
export function Functions(text) {
  const code = Code(text).replace(
      /^[ \t]*#(?:[^\n]*\\\n)*[^\n]*/gm,
      (found) => found.replace(/[^\n]/g, ' '));
  const functions = [];
  const open = [];  // the enclosing blocks: {kind, header, start}
  let start = 0;    // where the header of the next block begins
  const LineOf = (at) => code.slice(0, at).split('\n').length;

  for (let i = 0; i < code.length; ++i) {
    const inside = open.at(-1)?.kind ?? 'scope';
    if (code[i] === '{') {
      const header = code.slice(start, i);
      let kind = 'other';
      if (inside === 'scope') {
        const is_list = /[\w>\]]$/.test(header) || /=\s*$/.test(header);
        if (is_list) kind = 'list';
        else if (header.includes('(')) kind = 'function';
        else if (kScope.test(header)) kind = 'scope';
      }
      open.push({kind, header, start});
      if (kind === 'scope') start = i + 1;
    } else if (code[i] === '}') {
      const block = open.pop();
      if (block?.kind === 'function') {
        const first = block.start + block.header.search(/\S/);
        const line = LineOf(first);
        functions.push({
          name: NameOf(text.slice(first, block.start + block.header.length)),
          line,
          lines: LineOf(i) - line + 1,
        });
      }
      if (block?.kind !== 'list') start = i + 1;
    } else if (inside === 'scope' && code[i] === ';') {
      start = i + 1;
    } else if (inside === 'scope' && code[i] === ':' &&
               /\b(public|private|protected)\s*$/.test(code.slice(start, i))) {
      start = i + 1;
    }
  }
  return functions;
}

/// "Store::Get" for a function; "Suite.Rule" for a test.
function NameOf(header) {
  const test = header.match(/\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)/);
  if (test) return `${test[1]}.${test[2]}`;
  return header.match(/([~\w:]+|operator\s*\S+)\s*\(/)?.[1] ?? header.trim();
}

/// Returns the parts under `root` that are too long: {file, line, what}.
export function Check(root, exceptions = kExceptions) {
  const found = [];
  const unused = new Set(exceptions);
  const Report = (file, line, key, what) => {
    if (exceptions.includes(key)) unused.delete(key);
    else found.push({file, line, what});
  };
  const files = Files(root).filter(
      (name) => kFolders.test(name) && /\.(cc|h)$/.test(name));
  for (const file of files) {
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    const lines = text.split('\n').length - 1;
    if (lines > kFileLinesMax) {
      Report(file, 1, file, `has ${lines} lines, over ${kFileLinesMax}`);
    }
    for (const one of Functions(text)) {
      if (one.lines <= kFunctionLinesMax) continue;
      Report(file, one.line, `${file}: ${one.name}`,
             `${one.name} has ${one.lines} lines, over ${kFunctionLinesMax}`);
    }
  }
  for (const key of unused) {
    const what = `is an exception without need: "${key}"`;
    found.push({file: 'tests/lint/lengths.mjs', line: 1, what});
  }
  return found;
}

RunAsProgram(import.meta.url, Check);
