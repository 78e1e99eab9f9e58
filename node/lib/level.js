// DynamoLevel: abstract-level 3 on the library.

'use strict';

const {AbstractLevel, AbstractSnapshot} = require('abstract-level');
const {binding, ReadFlags, WriteFlags} = require('./binding');
const {DynamoIterator} = require('./iterator');
const {CheckLocation, IsEmbedded, MakeFolders} = require('./location');
const {IsClient, Resolve, ResolveWithClient} = require('./settings');

/// The addon's object for a store or a snapshot. Only this package uses it.
const kNative = Symbol('native');

/// The features of a store at `location`, which the location alone decides.
function Manifest(location) {
  const embedded = IsEmbedded(location);
  return {
    encodings: {buffer: true, utf8: true, view: true},
    has: true,
    createIfMissing: true,
    errorIfExists: true,
    getSync: true,
    implicitSnapshots: embedded,
    explicitSnapshots: embedded,
    signals: {iterators: true},
    additionalMethods: {approximateSize: true, compactRange: true},
  };
}

/// {settings, ask} from options that may have a client of AWS's SDK.
function ResolveOptions(options) {
  const {client, ...rest} = options;
  if (client === undefined || client === null) return Resolve(rest);
  if (!IsClient(client)) {
    throw new TypeError(
        "the option 'client' must be a DynamoDB client of AWS's SDK");
  }
  return ResolveWithClient(client, rest);
}

/// Opens `native`.
async function OpenNative(native, location, options) {
  if (options.createIfMissing) await MakeFolders(location);
  const {settings, ask} = await ResolveOptions(options);
  return native.open(location, settings, ask);
}

/// abstract-level's error codes for calls while a store is not open.
const kNotOpen =
    new Set(['LEVEL_DATABASE_NOT_OPEN', 'LEVEL_ITERATOR_NOT_OPEN']);

class DynamoLevel extends AbstractLevel {
  #location;
  #failure;  // The error of the last open().

  constructor(location, options) {
    CheckLocation(location);
    super(Manifest(location), options);
    this.#location = location;
    this[kNative] = new binding.Database();
  }

  get location() {
    return this.#location;
  }

  // The methods below return the addon's own promises, since every additional
  // promise costs time.

  async _open(options) {
    this.#failure = undefined;
    try {
      await OpenNative(this[kNative], this.#location, options);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  /// A call made before the store failed to open reports the reason. Most
  /// programs do not call open() themselves and learn it nowhere else.
  async deferAsync(call, options) {
    try {
      return await super.deferAsync(call, options);
    } catch (error) {
      if (this.#failure !== undefined && kNotOpen.has(error.code)) {
        error.cause ??= this.#failure;
      }
      throw error;
    }
  }

  _close() {
    return this[kNative].close();
  }

  _get(key, options) {
    return this[kNative].get(
        key, ReadFlags(options, options.valueEncoding),
        options.snapshot?.[kNative]);
  }

  _getSync(key, options) {
    return this[kNative].getSync(
        key, ReadFlags(options, options.valueEncoding),
        options.snapshot?.[kNative]);
  }

  _getMany(keys, options) {
    return this[kNative].getMany(
        keys, ReadFlags(options, options.valueEncoding),
        options.snapshot?.[kNative]);
  }

  _has(key, options) {
    return this[kNative].has(
        key, ReadFlags(options, 'buffer'), options.snapshot?.[kNative]);
  }

  _hasMany(keys, options) {
    return this[kNative].hasMany(
        keys, ReadFlags(options, 'buffer'), options.snapshot?.[kNative]);
  }

  _put(key, value, options) {
    return this[kNative].put(key, value, WriteFlags(options));
  }

  _del(key, options) {
    return this[kNative].del(key, WriteFlags(options));
  }

  _batch(operations, options) {
    return this[kNative].batch(operations, WriteFlags(options));
  }

  _clear(options) {
    return this[kNative].clear(
        options, WriteFlags(options), options.snapshot?.[kNative]);
  }

  _iterator(options) {
    return new DynamoIterator(
        this, this[kNative], options, options.snapshot?.[kNative]);
  }

  _snapshot(options) {
    if (!this.supports.explicitSnapshots) return super._snapshot(options);
    return new Snapshot(this[kNative], options);
  }

  async approximateSize(start, end, options) {
    return this.#OnRange('approximateSize', start, end, options);
  }

  async compactRange(start, end, options) {
    return this.#OnRange('compactRange', start, end, options);
  }

  async #OnRange(method, start, end, options) {
    if (start === undefined || end === undefined) {
      throw new TypeError("The arguments 'start' and 'end' are required");
    }
    if (this.status === 'opening') {
      return this.deferAsync(() => this.#OnRange(method, start, end, options));
    }
    const encoding = this.keyEncoding(options?.keyEncoding);
    return this[kNative][method](encoding.encode(start), encoding.encode(end));
  }

  getProperty(property) {
    if (typeof property !== 'string') {
      throw new TypeError("The first argument 'property' must be a string");
    }
    return this[kNative].property(property);
  }

  static async destroy(location, options = {}) {
    CheckLocation(location);
    const {settings, ask} = await ResolveOptions(options);
    return new binding.Database().destroy(location, settings, ask);
  }
}

class Snapshot extends AbstractSnapshot {
  constructor(native, options) {
    super(options);
    this[kNative] = new binding.Snapshot(native);
  }

  _close() {
    this[kNative].release();
  }
}

module.exports = {DynamoLevel, kNative, OpenNative, ResolveOptions};
