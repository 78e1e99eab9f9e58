// DynamoDOWN: abstract-leveldown 7 on the library, for levelup and the libraries
// above it. Called with or without `new`:
//
//     DynamoDOWN('table/hash')       a store, for levelup 2 and later, or as
//                                    the option `db` of levelup 1 itself
//     DynamoDOWN(new aws.DynamoDB)   a constructor like it, with that client's
//                                    region, endpoint and credentials

'use strict';

const {AbstractIterator, AbstractLevelDOWN} = require('abstract-leveldown');
const {binding, ReadFlags, WriteFlags} = require('./binding');
const {Tell} = require('./callback');
const {Grown, IteratorSettings} = require('./iterator');
const {kNative, OpenNative, ResolveOptions} = require('./level');
const {CheckLocation, IsEmbedded} = require('./location');
const {IsClient} = require('./settings');

const kClient = Symbol('client');

function Format(asBuffer) {
  return asBuffer ? 'buffer' : 'utf8';
}

/// The store's options from levelup's. The other members override the old
/// drivers' member `dynamo`.
function SettingsOf(options, client) {
  const {dynamo, db, ...rest} = options;
  return {...dynamo, ...rest, client};
}

function NotFound() {
  const error = new Error('NotFound: the key is not there');
  error.code = 'LEVEL_NOT_FOUND';
  error.notFound = true;
  error.status = 404;
  return error;
}

function DynamoDOWN(location) {
  if (IsClient(location)) return WithClient(location);
  if (!(this instanceof DynamoDOWN)) return new DynamoDOWN(location);
  CheckLocation(location);
  AbstractLevelDOWN.call(this, {
    bufferKeys: true,
    snapshots: IsEmbedded(location),
    permanence: true,
    seek: true,
    clear: true,
    getMany: true,
    createIfMissing: true,
    errorIfExists: true,
    additionalMethods: {approximateSize: true, compactRange: true},
  });
  this.location = location;
  this[kNative] = new binding.Database();
  this[kClient] = undefined;
}

Object.setPrototypeOf(DynamoDOWN.prototype, AbstractLevelDOWN.prototype);
Object.setPrototypeOf(DynamoDOWN, AbstractLevelDOWN);

/// A constructor of stores with the configuration of `client`.
function WithClient(client) {
  function Constructor(location) {
    const down = new DynamoDOWN(location);
    down[kClient] = client;
    return down;
  }
  Constructor.destroy = (location, options, callback) => {
    if (typeof options === 'function') {
      return Destroy(location, {client}, options);
    }
    return Destroy(location, {...options, client}, callback);
  };
  return Constructor;
}

/// Destroys the store at `location`.
function Destroy(location, options, callback) {
  if (typeof options === 'function') return Destroy(location, {}, options);
  if (typeof callback !== 'function') {
    throw new Error('destroy() requires a callback function argument');
  }
  CheckLocation(location);
  const destroyed = async () => {
    const {settings, ask} =
        await ResolveOptions(SettingsOf(options, options.client));
    return new binding.Database().destroy(location, settings, ask);
  };
  Tell(destroyed(), callback);
}
DynamoDOWN.destroy = Destroy;

DynamoDOWN.prototype._open = function(options, callback) {
  Tell(
      OpenNative(
          this[kNative], this.location, SettingsOf(options, this[kClient])),
      callback);
};

DynamoDOWN.prototype._close = function(callback) {
  Tell(this[kNative].close(), callback);
};

DynamoDOWN.prototype._serializeKey = function(key) {
  return Buffer.isBuffer(key) ? key : String(key);
};

DynamoDOWN.prototype._serializeValue = DynamoDOWN.prototype._serializeKey;

DynamoDOWN.prototype._put = function(key, value, options, callback) {
  Tell(this[kNative].put(key, value, WriteFlags(options)), callback);
};

DynamoDOWN.prototype._del = function(key, options, callback) {
  Tell(this[kNative].del(key, WriteFlags(options)), callback);
};

DynamoDOWN.prototype._get = function(key, options, callback) {
  Tell(
      this[kNative].get(key, ReadFlags(options, Format(options.asBuffer))),
      (error, value) => {
        if (error) {
          callback(error);
        } else if (value === undefined) {
          callback(NotFound());
        } else {
          callback(null, value);
        }
      });
};

DynamoDOWN.prototype._getMany = function(keys, options, callback) {
  Tell(
      this[kNative].getMany(keys, ReadFlags(options, Format(options.asBuffer))),
      callback);
};

DynamoDOWN.prototype._batch = function(operations, options, callback) {
  Tell(this[kNative].batch(operations, WriteFlags(options)), callback);
};

DynamoDOWN.prototype._clear = function(options, callback) {
  Tell(this[kNative].clear(options, WriteFlags(options)), callback);
};

DynamoDOWN.prototype._iterator = function(options) {
  if (this.status !== 'open') {
    throw new Error('cannot call iterator() before open()');
  }
  return new DownIterator(this, options);
};

DynamoDOWN.prototype.getProperty = function(property) {
  if (typeof property !== 'string') {
    throw new Error('getProperty() requires a valid `property` argument');
  }
  return this[kNative].property(property);
};

for (const method of ['approximateSize', 'compactRange']) {
  DynamoDOWN.prototype[method] = function(start, end, callback) {
    if ([start, end].some((key) => key == null || typeof key === 'function')) {
      throw new Error(
          `${method}() requires valid \`start\` and \`end\` arguments`);
    }
    if (typeof callback !== 'function') {
      throw new Error(`${method}() requires a callback argument`);
    }
    Tell(
        this[kNative][method](
            this._serializeKey(start), this._serializeKey(end)),
        callback);
  };
}

class DownIterator extends AbstractIterator {
  #native;
  #cache = [];
  #position = 0;
  #size = 1;
  #left;

  constructor(db, options) {
    super(db);
    this.#left = options.limit >= 0 ? options.limit : Infinity;
    this.#native = new binding.Iterator(
        db[kNative],
        IteratorSettings(
            options, Format(options.keyAsBuffer),
            Format(options.valueAsBuffer)));
  }

  _next(callback) {
    if (this.#position < this.#cache.length) {
      this.#Deliver(callback);
      return;
    }
    if (this.#left <= 0 || this.#native.ended()) {
      this._nextTick(callback);
      return;
    }
    const size = Math.min(this.#size, this.#left);
    this.#size = Grown(this.#size);
    Tell(this.#native.nextv(size), (error, entries) => {
      if (error) {
        callback(error);
        return;
      }
      this.#cache = entries;
      this.#position = 0;
      if (entries.length === 0) {
        callback();
      } else {
        this.#Deliver(callback);
      }
    });
  }

  #Deliver(callback) {
    const [key, value] = this.#cache[this.#position++];
    --this.#left;
    this._nextTick(callback, null, key, value);
  }

  _seek(target) {
    if (target.length === 0) {
      throw new Error('cannot seek() to an empty target');
    }
    this.#cache = [];
    this.#position = 0;
    this.#size = 1;
    this.#native.seek(target);
  }

  _end(callback) {
    this.#cache = [];
    this.#native.close();
    this._nextTick(callback);
  }
}

module.exports = {DynamoDOWN};
