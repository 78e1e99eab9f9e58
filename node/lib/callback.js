// Callbacks instead of promises.

'use strict';

/// Calls `callback` with the result of `promise`, outside of the promise: what it
/// throws goes to its caller, as with any callback. `spread` turns the value into
/// arguments.
function Tell(promise, callback, spread = (value) => [value]) {
  promise.then(
      (value) => process.nextTick(callback, null, ...spread(value)),
      (error) => process.nextTick(callback, error));
}

module.exports = {Tell};
