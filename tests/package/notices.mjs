// The libraries that the programs and packages use, and the file
// THIRD_PARTY_NOTICES made from these libraries' own copyright files.

import fs from 'node:fs';
import path from 'node:path';

/// `source` is the library's Debian source package, and `copyright` is the
/// binary package whose copyright file counts. Or `npm` is its npm package, and
/// `file` is the licence file there. A library is `contained` if an artefact
/// has its code: from a static library or from headers. `common` names licences
/// that the copyright file only refers to.
export const kLibraries = [
  {
    name: 'LevelDB', source: 'leveldb', copyright: 'libleveldb-dev',
    contained: true,
  },
  {
    name: 'Snappy', source: 'snappy', copyright: 'libsnappy-dev',
    contained: true,
  },
  {
    name: 'pugixml', source: 'pugixml', copyright: 'libpugixml-dev',
    contained: true,
  },
  {name: 'zlib', source: 'zlib', copyright: 'zlib1g-dev', contained: true},
  {
    name: 'simdjson', source: 'simdjson', copyright: 'libsimdjson-dev',
    contained: true, common: ['Apache-2.0'],
  },
  {
    name: 'nlohmann-json', source: 'nlohmann-json3',
    copyright: 'nlohmann-json3-dev', contained: true,
  },
  {name: 'fmt', source: 'fmtlib', copyright: 'libfmt-dev', contained: true},
  {name: 'CLI11', source: 'cli11', copyright: 'libcli11-dev', contained: true},
  {
    name: 'node-addon-api', npm: 'node-addon-api', file: 'LICENSE.md',
    contained: true,
  },
  {
    name: 'node-api-headers', npm: 'node-api-headers', file: 'LICENSE',
    contained: true,
  },
  {name: 'libcurl', source: 'curl', copyright: 'libcurl4-gnutls-dev'},
  {name: 'nettle', source: 'nettle', copyright: 'nettle-dev'},
  {name: 'libedit', source: 'libedit', copyright: 'libedit-dev'},
  {
    name: 'GNU libmicrohttpd', source: 'libmicrohttpd',
    copyright: 'libmicrohttpd-dev',
  },
];

/// The Debian release whose copyright files THIRD_PARTY_NOTICES has.
export const kRelease = 'bookworm';

const kRule = '='.repeat(78);

const kHead = `Third-party notices
===================

DynamoDOWN itself has the MIT licence. Its command line, C++ library and npm
package use the libraries below.

The command line, the C++ library or the npm package contains code of these:

@CONTAINED@

These are not contained. They are shared libraries of the system, which are
loaded at run time:

@LOADED@

For each library this file has the complete copyright file of its Debian 12
package, or the licence file of its npm package. A copyright file also covers
parts of the library that DynamoDOWN does not use, such as tests and build
scripts. The C and C++ standard libraries are not listed: their licences require
no notice in programs that use them.
`;

function Section(title, text) {
  return `\n${kRule}\n${title}\n${kRule}\n\n${text.trimEnd()}\n`;
}

function ListOf(libraries) {
  return libraries.map(({name}) => `  * ${name}`).join('\n');
}

/// The text of THIRD_PARTY_NOTICES, from this machine's packages. `modules` is
/// the folder of npm modules.
export function Notices(modules) {
  const Read = (...names) => fs.readFileSync(path.join(...names), 'utf8');
  const sections = kLibraries.map((library) => Section(
      library.name,
      library.npm ? Read(modules, library.npm, library.file) :
                    Read('/usr/share/doc', library.copyright, 'copyright')));
  for (const library of kLibraries) {
    for (const licence of library.common ?? []) {
      sections.push(Section(
          `${licence}, the licence of ${library.name}`,
          Read('/usr/share/common-licenses', licence).replace(/^\n+/, '')));
    }
  }
  const contained = kLibraries.filter((library) => library.contained);
  const loaded = kLibraries.filter((library) => !library.contained);
  const head = kHead.replace('@CONTAINED@', ListOf(contained))
                   .replace('@LOADED@', ListOf(loaded));
  return head + sections.join('');
}
