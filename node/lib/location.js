// Locations: "table/hash", "dynamodb://..." and "leveldb:PATH". The library
// parses them; this file has only the parts that are needed before that.

'use strict';

const fs = require('node:fs/promises');
const path = require('node:path');

const kEmbedded = 'leveldb:';

function IsEmbedded(location) {
  return location.startsWith(kEmbedded);
}

function CheckLocation(location) {
  if (typeof location !== 'string' || location === '') {
    throw new TypeError(
        "The first argument 'location' must be a non-empty string");
  }
}

/// Creates the parent folders: LevelDB creates only the last one.
async function MakeFolders(location) {
  if (!IsEmbedded(location)) return;
  const parent = path.dirname(location.slice(kEmbedded.length));
  await fs.mkdir(parent, {recursive: true});
}

/// Makes an embedded location of a path. A table's name cannot begin with "/" or
/// ".", so such text is a path.
function LocationOfPath(given) {
  return /^[/.]/.test(given) ? kEmbedded + given : given;
}

module.exports = {CheckLocation, IsEmbedded, LocationOfPath, MakeFolders};
