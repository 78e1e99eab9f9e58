// For callers with callbacks.

'use strict';

/// Tells `callback` what `promise` comes to, from outside of the promise: what
/// it throws is its caller's, as with any callback. `spread` makes arguments of
/// a value.
function Tell(promise, callback, spread = (value) => [value]) {
  promise.then(
      (value) => process.nextTick(callback, null, ...spread(value)),
      (error) => process.nextTick(callback, error));
}

module.exports = {Tell};
