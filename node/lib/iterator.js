// Entries come in trips to the addon. The first trip brings one entry, and each
// further trip up to four times more. The library's pages grow in the same way,
// so that an abandoned iterator has fetched little in vain.

'use strict';

const {AbstractIterator} = require('abstract-level');
const {binding, kFormats, ReadFlags} = require('./binding');

const kGrowth = 4;
const kTripMax = 1000;
const kNone = [];

/// The size of the next trip.
function Grown(size) {
  return Math.min(size * kGrowth, kTripMax);
}

/// The arguments of the addon's Iterator.
function IteratorSettings(options, keyFormat, valueFormat) {
  const limit = options.limit;
  return {
    gt: options.gt,
    gte: options.gte,
    lt: options.lt,
    lte: options.lte,
    reverse: options.reverse === true,
    keys: options.keys !== false,
    values: options.values !== false,
    flags: ReadFlags(options, 'buffer'),
    keyFormat: kFormats[keyFormat],
    valueFormat: kFormats[valueFormat],
    highWaterMarkBytes: options.highWaterMarkBytes,
    expected: Number.isInteger(limit) && limit > 0 ? limit : undefined,
  };
}

class DynamoIterator extends AbstractIterator {
  #native;
  #cache = kNone;
  #position = 0;
  #size = 1;
  #signal = null;
  #abort = null;

  constructor(db, native, options, snapshot) {
    super(db, options);
    try {
      this.#native = new binding.Iterator(
          native,
          IteratorSettings(options, options.keyEncoding, options.valueEncoding),
          snapshot);
    } catch (error) {
      // An option has the wrong type, so there is nothing to close.
      db.detachResource(this);
      throw error;
    }
    if (options.signal) {
      this.#signal = options.signal;
      this.#abort = () => this.#native.abort();
      this.#signal.addEventListener('abort', this.#abort, {once: true});
    }
  }

  async _next() {
    if (this.#position === this.#cache.length) {
      this.#position = 0;
      this.#cache = kNone;
      if (this.#native.ended()) return undefined;
      const left = this.limit - this.count;
      const size = Math.min(this.#size, left);
      this.#size = Grown(this.#size);
      this.#cache = await this.#native.nextv(size);
      if (this.#cache.length === 0) return undefined;
    }
    return this.#cache[this.#position++];
  }

  async _nextv(size) {
    if (this.#position < this.#cache.length) {
      const start = this.#position;
      this.#position = Math.min(start + size, this.#cache.length);
      return this.#cache.slice(start, this.#position);
    }
    if (this.#native.ended()) return [];
    return this.#native.nextv(size);
  }

  _seek(target) {
    this.#cache = kNone;
    this.#position = 0;
    this.#size = 1;
    this.#native.seek(target);
  }

  async _close() {
    this.#cache = kNone;
    this.#position = 0;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#native.close();
  }
}

module.exports = {DynamoIterator, Grown, IteratorSettings};
