// Level's APIs on Amazon DynamoDB. The module is the function of
// abstract-leveldown's kind; the others are its properties.

'use strict';

const {DynamoLevel} = require('./lib/level');
const {DynamoDOWN} = require('./lib/leveldown');
const {Dyno, dyno} = require('./lib/dyno');

// One by one, so that Node.js finds the names for `import {...}`.
module.exports = DynamoDOWN;
module.exports.DynamoDOWN = DynamoDOWN;
module.exports.DynamoLevel = DynamoLevel;
module.exports.Dyno = Dyno;
module.exports.dyno = dyno;
