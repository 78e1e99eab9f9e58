// dyno: items, stored as the operations that made them.
//
// Calls take a callback or return a promise. They take effect in order, even if
// the caller does not wait for them and before the store is open.

'use strict';

const {binding} = require('./binding');
const {Tell} = require('./callback');
const {DynamoLevel, kNative} = require('./level');
const {LocationOfPath} = require('./location');

/// The store inside levelup and similar wrappers, or undefined.
function Unwrap(db) {
  for (let inner = db; typeof inner === 'object' && inner !== null;
       inner = inner.db ?? inner._db) {
    if (inner[kNative]) return {native: inner[kNative], outer: db};
  }
  return undefined;
}

/// A promise that `db` (abstract-level, abstract-leveldown or levelup) is open.
function WhenOpen(db) {
  if (db.status === 'open' || db._status === 'open') return Promise.resolve();
  if (typeof db.open !== 'function') {
    return Promise.reject(new TypeError('the database cannot be opened'));
  }
  return new Promise((resolve, reject) => {
    // abstract-level and levelup return promises, and both open only once.
    if (db instanceof DynamoLevel) {
      db.open().then(resolve, reject);
    } else if (typeof db.isOpen === 'function') {
      db.open((error) => error ? reject(error) : resolve());
    } else {
      reject(new Error('the database must be open before dyno is on it'));
    }
  });
}

/// Returns `promise`, or nothing if there is a `callback`, which then gets the
/// result.
function Answer(promise, callback, spread = undefined) {
  if (callback === undefined) return promise;
  if (typeof callback !== 'function') {
    throw new TypeError('the callback must be a function');
  }
  Tell(promise, callback, spread);
  return undefined;
}

/// Takes the arguments (options, callback) or (callback). An option that is not
/// in `known` is refused: a misspelt one would silently change the call.
function OptionsAnd(given, callback, known) {
  const [options, told] =
      typeof given === 'function' ? [{}, given] : [given ?? {}, callback];
  if (typeof options !== 'object') {
    throw new TypeError('options must be an object');
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(
          `there is no option '${name}', but ${known.join(', ')}`);
    }
  }
  return [options, told];
}

const kOperationOptions = ['sync', 'timestamp'];
const kQueryOptions = ['from', 'to', 'where', 'deleted', 'limit'];

function Name(name) {
  if (typeof name !== 'string') throw new TypeError('a name must be a string');
  return name;
}

function Text(value, what) {
  const json = JSON.stringify(value);
  if (json === undefined) throw new TypeError(`${what} must be JSON`);
  return json;
}

function List(value, what) {
  if (!Array.isArray(value)) throw new TypeError(`${what} must be an array`);
  return value;
}

/// The addon's item with its JSON parsed.
function ItemOf({json, late, ...rest}) {
  return {
    ...rest,
    item: json === undefined ? undefined : JSON.parse(json),
    late: late.map(
        ({change, ...record}) => ({...record, change: JSON.parse(change)})),
  };
}

function EntryOf({json, change, ...rest}) {
  return {
    ...rest,
    change: JSON.parse(change),
    item: json === undefined ? undefined : JSON.parse(json),
  };
}

function QueryOptions({where, ...options}) {
  if (where === undefined) return options;
  const conditions = Object.entries(where);
  if (conditions.length !== 1) {
    throw new TypeError('`where` must have one attribute');
  }
  const [attribute, value] = conditions[0];
  return {...options, attribute, value: Text(value, '`where`')};
}

class Dyno {
  #own = null;
  #ready;
  #items;

  constructor(db, options = {}) {
    const {replicated, replica, ...settings} = options;
    let store = db;
    if (typeof db === 'string') {
      store = this.#own = new DynamoLevel(LocationOfPath(db), settings);
    }
    const found = Unwrap(store);
    if (found === undefined && typeof store?.open !== 'function') {
      throw new TypeError(
          'dyno is on a location or on a database of this package');
    }
    this.#ready = WhenOpen(store).then(async () => {
      const {native} = Unwrap(store) ?? {};
      if (native === undefined) {
        throw new TypeError('dyno is on a database of this package');
      }
      this.#items = new binding.Items(native);
      await this.#items.open({replicated, replica});
    });
    // Every call reports the failure.
    this.#ready.catch(() => {});
  }

  /// Makes the call once the store is open, in the order of the calls.
  #Call(method, ...args) {
    return this.#ready.then(() => this.#items[method](...args));
  }

  #Write(operation, name, argument, given, callback) {
    const [options, told] = OptionsAnd(given, callback, kOperationOptions);
    return Answer(
        this.#Call('write', operation, Name(name), argument, options), told);
  }

  putItem(name, item, options, callback) {
    return this.#Write(
        'putItem', name, Text(item, 'an item'), options, callback);
  }

  delItem(name, options, callback) {
    return this.#Write('delItem', name, '', options, callback);
  }

  putAttrs(name, attributes, options, callback) {
    return this.#Write(
        'putAttrs', name, Text(attributes, 'attributes'), options, callback);
  }

  delAttrs(name, attributes, options, callback) {
    return this.#Write(
        'delAttrs', name, List(attributes, 'attributes'), options, callback);
  }

  incAttrs(name, numbers, options, callback) {
    return this.#Write(
        'incAttrs', name, Text(numbers, 'numbers'), options, callback);
  }

  appendAttrs(name, strings, options, callback) {
    return this.#Write(
        'appendAttrs', name, Text(strings, 'strings'), options, callback);
  }

  addToSet(name, sets, options, callback) {
    return this.#Write('addToSet', name, Text(sets, 'sets'), options, callback);
  }

  delFromSet(name, sets, options, callback) {
    return this.#Write(
        'delFromSet', name, Text(sets, 'sets'), options, callback);
  }

  settle(name, late, options, callback) {
    return this.#Write(
        'settle', name, List(late, 'late records'), options, callback);
  }

  reapply(name, late, options, callback) {
    return this.#Write('reapply', name, String(late), options, callback);
  }

  getItem(name, given, callback) {
    const [{asOf}, told] = OptionsAnd(given, callback, ['asOf']);
    if (asOf !== undefined && typeof asOf !== 'string') {
      throw new TypeError("the option 'asOf' must be a string");
    }
    return Answer(
        this.#Call('getItem', Name(name), asOf).then(ItemOf), told,
        ({item, timestamp, changes}) => [item, timestamp, changes]);
  }

  history(name, callback) {
    return Answer(
        this.#Call('history', Name(name))
            .then((entries) => entries.map(EntryOf)),
        callback);
  }

  query(given, callback) {
    const [options, told] = OptionsAnd(given, callback, kQueryOptions);
    return Answer(
        this.#Call('query', QueryOptions(options))
            .then((items) => items.map(ItemOf)),
        told);
  }

  names(given, callback) {
    const [options, told] = OptionsAnd(given, callback, kQueryOptions);
    return Answer(this.#Call('names', QueryOptions(options)), told);
  }

  count(given, callback) {
    const [options, told] = OptionsAnd(given, callback, kQueryOptions);
    return Answer(this.#Call('count', QueryOptions(options)), told);
  }

  /// Folds up to a timestamp, {timestamp} or {hash}; without one, everything.
  flatten(name, upTo, callback) {
    const [options, told] = OptionsAnd(
        typeof upTo === 'string' ? {timestamp: upTo} : upTo, callback,
        ['timestamp', 'hash']);
    return Answer(this.#Call('flatten', Name(name), options), told);
  }

  flattenAll(timestamp, callback) {
    if (typeof timestamp === 'function') {
      return this.flattenAll(undefined, timestamp);
    }
    return Answer(this.#Call('flattenAll', timestamp), callback);
  }

  /// Gives each of the two stores the operations that it lacks. Both may be
  /// written to meanwhile.
  sync(other, given, callback) {
    const [{full, progress}, told] =
        OptionsAnd(given, callback, ['full', 'progress']);
    if (typeof other !== 'object' || other === null || !(#ready in other)) {
      throw new TypeError(
          'items are synchronized with what dyno() returned in this thread');
    }
    if (progress !== undefined && typeof progress !== 'function') {
      throw new TypeError('the option \'progress\' must be a function');
    }
    const ready = [this.#ready, other.#ready];
    let ends;
    // Later calls of either store come after it, even if one of them is not
    // open yet.
    const entered = Promise.all(ready).then(() => {
      ends = this.#items.sync(other.#items, {full, progress});
      ends.catch(() => {});
    });
    for (const [i, items] of [this, other].entries()) {
      items.#ready = entered.catch(() => ready[i]);
      items.#ready.catch(() => {});
    }
    return Answer(entered.then(() => ends), told);
  }

  /// How far this store knows the stores that it is synchronized with.
  status(callback) {
    return Answer(this.#Call('status'), callback);
  }

  replicate(callback) {
    return Answer(this.#Call('administer', 'replicate'), callback);
  }

  newReplica(callback) {
    return Answer(this.#Call('administer', 'newReplica'), callback);
  }

  markRestored(callback) {
    return Answer(this.#Call('administer', 'markRestored'), callback);
  }

  forget(replica, callback) {
    return Answer(this.#Call('forget', String(replica)), callback);
  }

  closeWriter(slot, callback) {
    if (!Number.isInteger(slot) || slot < 0 || slot > 0xffff) {
      throw new RangeError('a slot is a whole number up to 65535');
    }
    return Answer(this.#Call('closeWriter', slot), callback);
  }

  newTimestamp(callback) {
    return Answer(this.#Call('newTimestamp'), callback);
  }

  replica(callback) {
    return Answer(this.#Call('replica'), callback);
  }

  /// Gives the writer's slot back, and closes the store if it was opened by its
  /// location.
  close(callback) {
    const closed = this.#ready.then(
        async () => {
          await this.#items.close();
          await this.#own?.close();
        },
        () => this.#own?.close());
    return Answer(closed, callback);
  }
}

/// Opens dyno on a location, a local path or a database.
function dyno(db, options) {
  return new Dyno(db, options);
}

module.exports = {Dyno, dyno};
