// Level's APIs on Amazon DynamoDB. The module itself is the abstract-leveldown
// constructor; the other APIs are its properties.

'use strict';

const {DynamoLevel} = require('./lib/level');
const {DynamoDOWN} = require('./lib/leveldown');
const {Dyno, dyno} = require('./lib/dyno');

// Assigned one by one, so that Node.js finds the names for `import {...}`.
module.exports = DynamoDOWN;
module.exports.DynamoDOWN = DynamoDOWN;
module.exports.DynamoLevel = DynamoLevel;
module.exports.Dyno = Dyno;
module.exports.dyno = dyno;
