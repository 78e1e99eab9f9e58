var levelup = require('levelup')
var db = levelup('tableName/yourHashKey', {
  db: require('dynamodown'),
  dynamo: {
    // required AWS config
    ProvisionedThroughput: {
      ReadCapacityUnits: 1,
      WriteCapacityUnits: 1
    },
    region: 'us-east-1',
    endpoint: process.env.AWS_ENDPOINT_URL,
    secretAccessKey: 'local',
    accessKeyId: 'local'
  }
})

db.put('some-key', 'some-value', function(err) {
  // the object in DynamoDB would look like this:
  // {
  //   hkey: 'yourHashKey',
  //   rkey: 'some-key',
  //   value: 'some-value'
  // }
})
