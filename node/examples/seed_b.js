var levelup = require('levelup')
var db = levelup('table_name', {
  db: require('dynamodown'),
  // required AWS config
  dynamo: {
    region: 'us-east-1',
    endpoint: process.env.AWS_ENDPOINT_URL,
    secretAccessKey: 'local',
    accessKeyId: 'local'
  }
})

db.put('name', 'Yuri Irsenovich Kim')
db.put('dob', '16 February 1941')
db.put('spouse', 'Kim Young-sook')
db.put('occupation', 'Clown')

db.createReadStream()
  .on('data', console.log)
  .on('close', function () { console.log('Show\'s over folks!') })
