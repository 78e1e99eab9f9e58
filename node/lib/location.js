// Locations: "table/hash", "dynamodb://..." and "leveldb:PATH". What they mean
// is the library's business; here is only what must be known before it is
// asked.

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

/// LevelDB makes the last folder of a path only.
async function MakeFolders(location) {
  if (!IsEmbedded(location)) return;
  const parent = path.dirname(location.slice(kEmbedded.length));
  await fs.mkdir(parent, {recursive: true});
}

/// An embedded store for what is a path by its looks, as a table's name cannot
/// begin with "/" or ".".
function LocationOfPath(given) {
  return /^[/.]/.test(given) ? kEmbedded + given : given;
}

module.exports = {CheckLocation, IsEmbedded, LocationOfPath, MakeFolders};
