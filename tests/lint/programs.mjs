// Compares the programs that `./dev`, CMake, the scripts and the tests start
// with the packages that `./dev setup` installs, so that a bare machine has
// them all. Prints each violation as "file:line: what"; the exit status is 1 if
// there is one.
//
//     node programs.mjs [ROOT]
//
// A program must be in one of three tables: programs of the packages in ./dev's
// PACKAGES; programs of every Debian system; and programs whose caller checks
// for them first. A program in none of them is a violation. To start a new
// program, enter it here, and its package in ./dev.

import fs from 'node:fs';
import path from 'node:path';
import {RunAsProgram} from './layers.mjs';
import {TrackedFiles} from './named.mjs';

// ------------------------------------------------------------- the tables

/// The package that brings a program, itself or through its dependencies.
const kPackages = {
  'g++': 'g++', 'c++': 'g++', 'gcc': 'g++', 'ld': 'g++',
  'nm': 'g++', 'readelf': 'g++', 'strip': 'g++',
  'cmake': 'cmake', 'cpack': 'cmake', 'ctest': 'cmake',
  'ninja': 'ninja-build',
  'pkg-config': 'pkg-config',
  'git': 'git',
  'patch': 'patch',
  'file': 'file',
  'man': 'man-db', 'man.REAL': 'man-db',
  'groff': 'groff-base',
  'stunnel': 'stunnel4',
  'certtool': 'gnutls-bin',
  'curl-config': 'libcurl4-gnutls-dev',
  'dpkg-buildflags': 'dpkg-dev', 'dpkg-shlibdeps': 'dpkg-dev',
  'node': 'nodejs',
  'npm': 'npm',
  'java': 'default-jre-headless',
};

/// Packages of essential programs, which every Debian system has, and apt.
const kEssential = new Set(`
  apt-config apt-get awk basename bash cat chmod chroot cmp cp cut date diff
  dirname dpkg-deb dpkg-query env find flock grep gzip head id install kill ln
  ls mkdir mktemp mv nice nproc realpath rm script sed seq setpriv sh sha256sum
  sha512sum sleep sort tail tar tee touch tr true false uname uniq unshare wc
  xargs mount umount timeout tac stat dd yes mknod sync
`.trim().split(/\s+/));

/// Programs that the caller looks for first; if one is missing, the caller does
/// without it or asks for it.
const kLookedForFirst = {
  'aws': /^tests\/fake_server\//,
  'ccache': /^dev$/,
  'clang++': /^dev$/,
  'clang-format': /^dev$/,
  'debootstrap': /^(dev|tests\/(package|fresh)\/.*)$/,
  'sudo': /^dev$/,
  'valgrind': /^(dev|(node\/test|tests\/threads)\/.*)$/,
};

/// Programs that a tool starts if a file asks for one of its features.
const kStartedByTools = [
  {
    // CPack's DEB generator.
    asked: /CPACK_DEBIAN_\w*SHLIBDEPS\s+ON/,
    programs: ['dpkg-shlibdeps', 'file'],
  },
  {asked: /\bfind_package\(PkgConfig/, programs: ['pkg-config']},
  {asked: /\bprogram: 'java'|\['java'|'DynamoDBLocal\.jar'/, programs: ['java']},
];

// ------------------------------------------------------------ the reading

const kShellWords = new Set(`
  if then elif else fi for while until do done case esac in function select
  time { } ! [[ [ alias bg bind break builtin caller cd command compgen complete
  compopt continue declare dirs disown echo enable eval exec exit export fg
  getopts hash help history jobs let local logout mapfile popd printf pushd pwd
  read readarray readonly return set shift shopt source . suspend test times
  trap type typeset ulimit umask unalias unset wait :
`.trim().split(/\s+/));
/// Words after which a command begins.
const kBefore = new Set(`
  if then elif else while until do ! { time exec command nohup nice
`.trim().split(/\s+/));

/// The words in the position of a command: {word, line}. Understands only the
/// part of the shell's grammar that our scripts use.
export function ShellCommands(text) {
  const commands = [];
  let i = 0;
  let line = 1;
  const Step = () => {
    if (text[i] === '\n') ++line;
    ++i;
  };
  const Quoted = () => {  // starts after the opening "
    while (i < text.length && text[i] !== '"') {
      if (text[i] === '\\') Step();
      else if (text.startsWith('$(', i) && text[i + 2] !== '(') {
        i += 2;
        Commands(')');
        continue;
      }
      Step();
    }
    Step();
  };
  const Balanced = (open, close) => {  // starts after the opening one
    for (let depth = 1; i < text.length && depth > 0;) {
      if (text[i] === '\'') Single();
      else if (text[i] === '"') Step(), Quoted();
      else if (text.startsWith('$(', i) && text[i + 2] !== '(') {
        i += 2;
        Commands(')');
      } else {
        if (text[i] === open) ++depth;
        if (text[i] === close) --depth;
        Step();
      }
    }
  };
  const Single = () => {
    Step();
    while (i < text.length && text[i] !== '\'') Step();
    Step();
  };
  /// A word, with '$' in place of its quoted and expanded parts.
  const Word = () => {
    let word = '';
    while (i < text.length && !/[\s;&|()<>]/.test(text[i])) {
      if (text[i] === '\'') Single(), word += '$';
      else if (text[i] === '"') Step(), Quoted(), word += '$';
      else if (text[i] === '\\') Step(), Step();
      else if (text.startsWith('$((', i)) i += 3, Balanced('(', ')'), word += '$';
      else if (text.startsWith('$(', i)) i += 2, Commands(')'), word += '$';
      else if (text.startsWith('${', i)) i += 2, Balanced('{', '}'), word += '$';
      else word += text[i], Step();
      if (/^[\w[\]]+\+?=$/.test(word) && text[i] === '(') {
        Step();
        Balanced('(', ')');
        return `${word}$`;
      }
    }
    return word;
  };
  const heredocs = [];
  /// Reads up to `end`, or to the end of the text.
  const Commands = (end) => {
    let is_command = true;
    let in_test = false;
    let cases = 0;  // how many are open
    let is_pattern = false;  // whether a pattern comes next
    let is_after_env = false;
    while (i < text.length) {
      const c = text[i];
      if (c === '\n') {
        Step();
        for (const mark of heredocs.splice(0)) {
          while (i < text.length) {
            const stop = text.indexOf('\n', i);
            const row = text.slice(i, stop < 0 ? text.length : stop);
            i = stop < 0 ? text.length : stop + 1;
            ++line;
            if (row.trim() === mark) break;
          }
        }
        if (!in_test) is_command = true, is_after_env = false;
      } else if (c === '\\' && text[i + 1] === '\n') {
        Step();
        Step();
      } else if (/\s/.test(c)) {
        Step();
      } else if (c === '#') {
        while (i < text.length && text[i] !== '\n') ++i;
      } else if (text.startsWith(';;', i)) {
        i += 2;
        is_pattern = cases > 0;
      } else if (text.startsWith('((', i)) {
        i += 2;
        Balanced('(', ')');
        if (text[i] === ')') ++i;
        is_command = false;
      } else if (c === '(') {
        Step();
        if (in_test || is_pattern) continue;
        Commands(')');
        is_command = false;
      } else if (c === ')') {
        Step();
        if (is_pattern) is_pattern = false, is_command = true;
        else if (!in_test && end === ')') return;
      } else if (/[;&|]/.test(c)) {
        if (text.startsWith('&>', i) || /[<>]/.test(text[i - 1])) {
          Step();
          continue;
        }
        Step();
        if (!in_test && !is_pattern) is_command = true, is_after_env = false;
      } else if (c === '<' || c === '>') {
        const mark = /^<<-?\s*['"]?(\w+)['"]?/.exec(text.slice(i, i + 40));
        if (mark && !text.startsWith('<<<', i)) {
          heredocs.push(mark[1]);
          i += mark[0].length;
        } else if (/^[<>]\(/.test(text.slice(i, i + 2))) {
          i += 2;
          Commands(')');
        } else {
          while (/[<>&]/.test(text[i])) Step();
          while (text[i] === ' ') Step();
          if (!/^[<>]\(/.test(text.slice(i, i + 2))) Word();
        }
      } else {
        const at = line;
        const word = Word();
        if (word === '') {
          Step();
          continue;
        }
        if (word === '[[') in_test = true;
        if (word === ']]') in_test = false, is_command = false;
        if (in_test) continue;
        if (is_pattern) {
          if (word === 'esac') --cases, is_pattern = false;
          continue;
        }
        if (word === 'case') ++cases;
        if (word === 'in' && cases > 0 && !is_command) {
          is_pattern = true;
          continue;
        }
        if (word === 'esac') {
          --cases;
          is_command = false;
          continue;
        }
        if (/^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/.test(word)) continue;
        if (!is_command) continue;
        if (is_after_env && word.startsWith('-')) {
          if (word === '-u') {
            while (text[i] === ' ') Step();
            Word();
          }
          continue;
        }
        if (word === 'for' || word === 'select') {
          is_command = false;
          continue;
        }
        if (kBefore.has(word)) {
          if (/^(exec|command|nohup|nice)$/.test(word)) is_after_env = true;
          if (word === 'nice' || word === 'nohup') commands.push({word, line: at});
          continue;
        }
        commands.push({word, line: at});
        if (word === 'env') is_after_env = true;
        else is_command = false;
      }
    }
  };
  Commands('');
  return commands;
}

/// The names of the shell functions that `text` defines.
function ShellFunctions(text) {
  return [...text.matchAll(/^\s*([\w-]+)\(\)/gm)].map(([, name]) => name);
}

const LineAt = (text, at) => text.slice(0, at).split('\n').length;

/// {word, line} of each match of `pattern`; the word is the first group that
/// took part.
function Matches(text, pattern) {
  return [...text.matchAll(pattern)].map((found) => ({
    word: found.slice(1).find((group) => group !== undefined),
    line: LineAt(text, found.index),
  }));
}

function CMakeCommands(text) {
  text = text.replace(/#(?!\[)[^\n]*/g, (found) => ' '.repeat(found.length));
  const found = Matches(text, /\bCOMMAND\s+([\w.+-]+)/g);
  for (const [all, names] of text.matchAll(
           /find_program\(\s*\w+\s+(?:NAMES\s+)?([^)]*)\)/g)) {
    for (const word of names.split(/\s+/)) {
      if (/^[A-Z_]*$/.test(word)) break;
      found.push({word, line: LineAt(text, text.indexOf(all))});
    }
  }
  // A function run(): with or without a variable in front.
  const has_variable = /function\(run variable\)/.test(text);
  if (/function\(run[ )]/.test(text)) {
    found.push(...Matches(
        text, has_variable ? /\brun\(\s*\S+\s+([\w.+-]+)/g :
                             /\brun\(([\w.+-]+)/g));
  }
  for (const script of text.matchAll(/\[=\[([\s\S]*?)\]=\]/g)) {
    const line = LineAt(text, script.index);
    const functions = ShellFunctions(script[1]);
    found.push(...ShellCommands(script[1])
                   .filter(({word}) => !kShellWords.has(word) &&
                               !functions.includes(word))
                   .map((one) => ({word: one.word, line: line + one.line - 1})));
  }
  return found;
}

function JavaScriptCommands(text) {
  return [
    ...Matches(
        text,
        /\b(?:spawn|exec|execFile|Run|MustRun|Output)(?:Sync)?\(\s*(?:'[^'\n]*'\s*,\s*)?'([\w.+/-]+)'\s*,\s*(?:\[|args\b)/g),
    ...Matches(text, /\?\?\s*'([\w.+/-]+)'\s*,\s*\[/g),
  ];
}

function CppCommands(text) {
  return [
    ...Matches(text, /\bposix_spawnp?\([^;]*?"([^"\n]+)"/g),
    ...Matches(text, /\bexec[lv]p?e?\(\s*"([^"\n]+)"/g),
    ...Matches(text, /\.program = "([^"\n]+)"/g),
    ...Matches(text, /\bstd::system\(\s*"([\w.+/-]+)/g),
  ];
}

// -------------------------------------------------------------- the check

/// The packages that ./dev setup installs: PACKAGES and the runtimes.
export function PackagesOf(dev) {
  const rows = /readonly PACKAGES=\(\n([\s\S]*?)\n\)/.exec(dev)?.[1] ?? '';
  return new Set([
    ...[...rows.matchAll(/^\s*"(\S+) /gm)].map(([, name]) => name),
    ...[...dev.matchAll(/\|\| echo ([a-z][\w.+-]*)$/gm)].map(([, name]) => name),
  ]);
}

function IsShell(file, text) {
  return /\.sh$/.test(file) || /^#!.*\b(ba)?sh\b/.test(text);
}

/// The programs that `file` starts: {word, line}.
function Started(file, text, functions) {
  if (/(^|\/)CMakeLists\.txt$|\.cmake$/.test(file)) return CMakeCommands(text);
  if (/^(tests|node|bench)\/.*\.m?js$/.test(file)) {
    return JavaScriptCommands(text);
  }
  if (/\.cc$/.test(file)) return CppCommands(text);
  if (IsShell(file, text)) {
    return ShellCommands(text).filter(
        ({word}) => !kShellWords.has(word) && !functions.has(word));
  }
  return [];
}

/// Returns the programs that a bare machine would lack: {file, line, what}.
/// `replaced` maps files to texts that replace theirs.
export function Check(root, replaced = {}) {
  const texts = new Map();
  for (const file of TrackedFiles(root)) {
    if (/(^dev|\.ci\/run|CMakeLists\.txt|\.(cmake|sh|m?js|cc))$/.test(file)) {
      texts.set(file, fs.readFileSync(path.join(root, file), 'utf8'));
    }
  }
  for (const [file, text] of Object.entries(replaced)) texts.set(file, text);
  const packages = PackagesOf(texts.get('dev'));
  const functions = new Set();
  for (const [file, text] of texts) {
    if (IsShell(file, text)) ShellFunctions(text).forEach((f) => functions.add(f));
  }

  const found = [];
  const Look = (file, line, program) => {
    const name = path.posix.basename(program);
    if (kEssential.has(name) || kLookedForFirst[name]?.test(file)) return;
    const bringer = kPackages[name];
    if (bringer === undefined) {
      const what = `starts ${name}, which tests/lint/programs.mjs does not know`;
      found.push({file, line, what});
    } else if (!packages.has(bringer)) {
      const what = `starts ${name}, but ./dev setup does not install ${bringer}`;
      found.push({file, line, what});
    }
  };
  for (const [file, text] of texts) {
    for (const {word, line} of Started(file, text, functions)) {
      // A program that the build or the script creates needs no package.
      if (/[$_=]|^-|^\.|^\w[\w.-]*\/|\.js$|^\/proc\//.test(word) || !/[a-z]/.test(word)) {
        continue;
      }
      Look(file, line, word);
    }
    if (!/CMakeLists\.txt$|\.cmake$|^tests\/servers\//.test(file)) continue;
    for (const {asked, programs} of kStartedByTools) {
      const at = text.search(asked);
      if (at >= 0) programs.forEach((one) => Look(file, LineAt(text, at), one));
    }
  }
  return found;
}

RunAsProgram(import.meta.url, Check);
