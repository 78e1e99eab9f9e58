# Tests of the store and of the database on the in-memory DynamoDB: the units
# beside what they test, what must not be believed, and what a seed decides.
set(STORE_TESTS ${CMAKE_CURRENT_LIST_DIR})
set(STORE_SOURCES ${PROJECT_SOURCE_DIR}/src)

add_library(dynamodown_fake_world STATIC
  ${STORE_TESTS}/support/fake_world.cc
  ${STORE_TESTS}/support/iam_gate.cc)
target_include_directories(dynamodown_fake_world PUBLIC ${STORE_TESTS})
target_link_libraries(dynamodown_fake_world
  PRIVATE dynamodown_flags GTest::gtest
  PUBLIC dynamodown_internal dynamodown_fake dynamodown_sim
         nlohmann_json::nlohmann_json)

dynamodown_test(store_test
  SOURCES ${STORE_SOURCES}/db/doctor_test.cc
          ${STORE_SOURCES}/db/embedded_database_test.cc
          ${STORE_SOURCES}/db/iam_test.cc
          ${STORE_SOURCES}/db/location_test.cc
          ${STORE_SOURCES}/db/open_test.cc
          ${STORE_SOURCES}/db/rate_test.cc
          ${STORE_SOURCES}/db/status_test.cc
          ${STORE_SOURCES}/db/store_iterator_test.cc
          ${STORE_SOURCES}/store/batch_plan_test.cc
          ${STORE_SOURCES}/store/catalog_test.cc
          ${STORE_SOURCES}/store/format_test.cc
          ${STORE_SOURCES}/store/item_codec_test.cc
          ${STORE_SOURCES}/store/key_codec_test.cc
          ${STORE_SOURCES}/store/store_test.cc
          ${STORE_SOURCES}/store/store_write_test.cc
  LIBRARIES dynamodown_fake_world dynamodown_contract
  LABELS unit)

dynamodown_test(bad_input_test
  SOURCES ${STORE_TESTS}/bad_input/bad_input_test.cc
          ${STORE_TESTS}/bad_input/endpoint_test.cc
  LIBRARIES dynamodown_fake_world
  LABELS unit)

dynamodown_test(determinism_test
  SOURCES ${STORE_TESTS}/sim/determinism_test.cc
  LIBRARIES dynamodown_fake_world
  LABELS sim)
