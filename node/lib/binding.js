// Loads the addon, and has the numbers that src/convert.h uses too.

'use strict';

const path = require('node:path');

/// The shared libraries that the addon needs, and Debian 12's packages of them.
const kLibraries = {
  'libcurl-gnutls.so.4': 'libcurl3-gnutls',
  'libnettle.so.8': 'libnettle8',
  'libsimdjson.so.14': 'libsimdjson14',
};

/// Says why the addon cannot be loaded, and what to do.
function Advice(message) {
  const [, missing] =
      /(\S+): cannot open shared object file/.exec(message) ?? [];
  if (!(missing in kLibraries)) {
    return `the package is for Linux with glibc: ${message}`;
  }
  const packages = Object.values(kLibraries).join(' ');
  return `the system has no ${missing}. On Debian 12 run: apt-get install ` +
      `${packages}. Where this version of the library does not exist, build ` +
      'the package: see Installing in README.md';
}

/// Loads the addon that the environment names, or the package's own.
function Load() {
  const named = process.env.DYNAMODOWN_NODE_ADDON;
  if (named) return require(path.resolve(named));
  const platform = `${process.platform}-${process.arch}`;
  try {
    return require(`../prebuilds/${platform}/dynamodown.node`);
  } catch (cause) {
    throw new Error(
        `dynamodown: the addon for ${platform} cannot be loaded: ` +
            Advice(cause.message),
        {cause});
  }
}

const binding = Load();
exports.binding = binding;

// On the main thread, process.exit() ends without telling the addon. The calls
// that it drops get this promise, which stays pending.
process.on('exit', () => binding.finish(new Promise(() => {})));

exports.kFormats = {buffer: 0, utf8: 1, view: 2};

const kNoFillCache = 4;
const kConsistency = {strong: 8, eventual: 16};
const kSync = 32;
const kBatch = {atomic: 64, unordered: 128};

function Choice(options, name, choices) {
  const word = options[name];
  if (word === undefined || word === null) return 0;
  if (!Object.hasOwn(choices, word)) {
    const words = Object.keys(choices).join("' or '");
    throw new TypeError(`the option '${name}' must be '${words}'`);
  }
  return choices[word];
}

/// The flags of a read that returns the value as `format`.
exports.ReadFlags = (options, format) =>
    exports.kFormats[format] |
    (options.fillCache === false ? kNoFillCache : 0) |
    Choice(options, 'consistency', kConsistency);

exports.WriteFlags = (options) =>
    (options.sync === true ? kSync : 0) | Choice(options, 'batch', kBatch);
