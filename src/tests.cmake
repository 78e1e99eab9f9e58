# The tests that stand beside what they test.
set(UNIT_TESTS ${PROJECT_SOURCE_DIR}/src)

# What the protocol is made of, from digests to the retry loop.
dynamodown_test(protocol_test
  SOURCES
    ${UNIT_TESTS}/base/clock_test.cc
    ${UNIT_TESTS}/base/crypto_test.cc
    ${UNIT_TESTS}/base/json_test.cc
    ${UNIT_TESTS}/base/machine_test.cc
    ${UNIT_TESTS}/base/random_test.cc
    ${UNIT_TESTS}/base/scheduler_test.cc
    ${UNIT_TESTS}/dynamo/codec_test.cc
    ${UNIT_TESTS}/dynamo/errors_test.cc
    ${UNIT_TESTS}/dynamo/http_client_test.cc
    ${UNIT_TESTS}/dynamo/pace_test.cc
    ${UNIT_TESTS}/dynamo/retry_test.cc
    ${UNIT_TESTS}/dynamo/retrying_client_test.cc
    ${UNIT_TESTS}/dynamo/sigv4_test.cc
    ${UNIT_TESTS}/transport/curl_transport_test.cc
    ${UNIT_TESTS}/transport/transport_test.cc
    ${PROJECT_SOURCE_DIR}/tests/support/loopback_server.cc
  LIBRARIES dynamodown_internal dynamodown_fake nlohmann_json::nlohmann_json
  LABELS unit)
target_include_directories(protocol_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)

# What AWS's own JavaScript SDK answers.
add_library(dynamodown_reference_program STATIC
  ${PROJECT_SOURCE_DIR}/tests/support/reference_program.cc)
target_include_directories(dynamodown_reference_program PUBLIC
  ${PROJECT_SOURCE_DIR}/tests)
target_compile_definitions(dynamodown_reference_program PRIVATE
  NODE_PROGRAM="${NODE}")
target_link_libraries(dynamodown_reference_program
  PRIVATE dynamodown_flags GTest::gtest
  PUBLIC nlohmann_json::nlohmann_json)

# Our signatures against those of AWS's own JavaScript SDK.
dynamodown_test(signature_test
  SOURCES ${UNIT_TESTS}/dynamo/signature_test.cc
  LIBRARIES dynamodown_internal dynamodown_reference_program
  LABELS unit)
target_compile_definitions(signature_test PRIVATE
  SIGN_PROGRAM="${PROJECT_SOURCE_DIR}/tests/servers/sign.mjs")

# Where settings and credentials come from.
dynamodown_test(aws_test
  SOURCES
    ${UNIT_TESTS}/aws/answers_test.cc
    ${UNIT_TESTS}/aws/ask_test.cc
    ${UNIT_TESTS}/aws/chain_test.cc
    ${UNIT_TESTS}/aws/container_test.cc
    ${UNIT_TESTS}/aws/endpoints_test.cc
    ${UNIT_TESTS}/aws/instance_metadata_test.cc
    ${UNIT_TESTS}/aws/process_test.cc
    ${UNIT_TESTS}/aws/profiles_test.cc
    ${UNIT_TESTS}/aws/refreshing_test.cc
    ${UNIT_TESTS}/aws/secrets_test.cc
    ${UNIT_TESTS}/aws/settings_test.cc
    ${UNIT_TESTS}/aws/sso_test.cc
    ${UNIT_TESTS}/aws/static_keys_test.cc
    ${UNIT_TESTS}/aws/sts_test.cc
  LIBRARIES dynamodown_internal dynamodown_sim dynamodown_reference_program
  LABELS unit)
target_compile_definitions(aws_test PRIVATE
  ENDPOINTS_PROGRAM="${PROJECT_SOURCE_DIR}/tests/servers/endpoints.mjs")

# The operation log.
dynamodown_test(dyno_test
  SOURCES
    ${UNIT_TESTS}/dyno/conformance_test.cc
    ${UNIT_TESTS}/dyno/dyno_test_world.cc
    ${UNIT_TESTS}/dyno/flake_test.cc
    ${UNIT_TESTS}/dyno/flatten_test.cc
    ${UNIT_TESTS}/dyno/key_test.cc
    ${UNIT_TESTS}/dyno/leveldb_backend_test.cc
    ${UNIT_TESTS}/dyno/operation_test.cc
    ${UNIT_TESTS}/dyno/place_test.cc
    ${UNIT_TESTS}/dyno/records_test.cc
    ${UNIT_TESTS}/dyno/replay_test.cc
    ${UNIT_TESTS}/dyno/seed_test.cc
    ${UNIT_TESTS}/dyno/store_test.cc
    ${UNIT_TESTS}/dyno/sync_test.cc
    ${UNIT_TESTS}/dyno/writer_test.cc
  LIBRARIES dyno_internal dynamodown_sim
  LABELS unit)
target_include_directories(dyno_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
