// The addon, and the numbers that it shares with us (src/convert.h).

'use strict';

const path = require('node:path');

/// A build tree's is taken when it is named; the package brings its own.
function Load() {
  const named = process.env.DYNAMODOWN_NODE_ADDON;
  if (named) return require(path.resolve(named));
  const platform = `${process.platform}-${process.arch}`;
  try {
    return require(`../prebuilds/${platform}/dynamodown.node`);
  } catch (cause) {
    throw new Error(
        `dynamodown: its addon for ${platform} cannot be loaded; the package ` +
            'is for Linux with glibc, and needs the libraries that README.md ' +
            `names: ${cause.message}`,
        {cause});
  }
}

const binding = Load();
exports.binding = binding;

// Of a process.exit() on the main thread the addon does not hear by itself.
// What is dropped is never told of: that is what the promise is for.
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

/// The flags of a read whose value comes back as `format`.
exports.ReadFlags = (options, format) =>
    exports.kFormats[format] |
    (options.fillCache === false ? kNoFillCache : 0) |
    Choice(options, 'consistency', kConsistency);

exports.WriteFlags = (options) =>
    (options.sync === true ? kSync : 0) | Choice(options, 'batch', kBatch);
