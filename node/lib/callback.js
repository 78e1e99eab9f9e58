// Callbacks instead of promises.

'use strict';

/// Calls `callback` with the result of `promise`, outside of the promise. If
/// `callback` throws, the exception is uncaught, as with any callback. `spread`
/// turns the value into arguments.
function Tell(promise, callback, spread = (value) => [value]) {
  promise.then(
      (value) => process.nextTick(callback, null, ...spread(value)),
      (error) => process.nextTick(callback, error));
}

module.exports = {Tell};
