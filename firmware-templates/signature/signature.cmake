# What signature.mk does, for CMake: -DADIABIT_SIGNED_BY=ours.pub.
get_filename_component(KEY_FILE "${ADIABIT_SIGNED_BY}" ABSOLUTE BASE_DIR "${CMAKE_BINARY_DIR}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${KEY_FILE}")
execute_process(
  COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/trusted-key.sh "${KEY_FILE}"
  RESULT_VARIABLE FAILED
  OUTPUT_VARIABLE KEY
  OUTPUT_STRIP_TRAILING_WHITESPACE)
if(FAILED)
  message(FATAL_ERROR "ADIABIT_SIGNED_BY is the public key that the firmware is to trust")
endif()
separate_arguments(KEY)
list(GET KEY 1 FINGERPRINT)
list(GET KEY 0 KEY)
string(REGEX REPLACE ".." "0x\\0," KEY ${KEY})
configure_file(${CMAKE_CURRENT_LIST_DIR}/trusted_key.h.in ${CMAKE_BINARY_DIR}/signature/trusted_key.h)

set(VENDOR ${CMAKE_BINARY_DIR}/vendor)
set(MONOCYPHER ${VENDOR}/monocypher-sys/Monocypher/src)
if(NOT EXISTS ${MONOCYPHER}/monocypher.c)
  execute_process(
    COMMAND cargo vendor --quiet --locked --manifest-path ${CMAKE_CURRENT_LIST_DIR}/Cargo.toml ${VENDOR}
    RESULT_VARIABLE FAILED
    OUTPUT_QUIET)
  if(FAILED)
    message(FATAL_ERROR "Cargo could not fetch Monocypher")
  endif()
endif()

target_sources(firmware PRIVATE signature/ed25519.c ${MONOCYPHER}/monocypher.c ${MONOCYPHER}/optional/monocypher-ed25519.c)
set_source_files_properties(${MONOCYPHER}/monocypher.c ${MONOCYPHER}/optional/monocypher-ed25519.c
                            PROPERTIES COMPILE_OPTIONS -w)
target_compile_definitions(firmware PRIVATE ADIABIT_CHECKS_SIGNATURES=1)
target_include_directories(firmware PRIVATE ${CMAKE_BINARY_DIR}/signature)
target_include_directories(firmware SYSTEM PRIVATE ${MONOCYPHER} ${MONOCYPHER}/optional)
add_custom_command(TARGET firmware POST_BUILD
  COMMAND ${CMAKE_COMMAND} -E echo "${ADIABIT_BOARD} runs only what key ${FINGERPRINT} has signed")
