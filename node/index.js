// Level's APIs on Amazon DynamoDB. The module is the function of
// abstract-leveldown's kind; the others are its properties.

'use strict';

const {DynamoLevel} = require('./lib/level');
const {DynamoDOWN} = require('./lib/leveldown');
const {Dyno, dyno} = require('./lib/dyno');

module.exports = Object.assign(DynamoDOWN, {DynamoDOWN, DynamoLevel, Dyno, dyno});
