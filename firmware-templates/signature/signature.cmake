# What signature.mk does, for CMake: -DADIABIT_KEYS=trusted_keys.h.
get_filename_component(KEYS_FILE "${ADIABIT_KEYS}" ABSOLUTE BASE_DIR "${CMAKE_BINARY_DIR}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${KEYS_FILE}")
execute_process(
  COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/trusted-keys.sh "${KEYS_FILE}"
  RESULT_VARIABLE FAILED
  OUTPUT_VARIABLE KEYS_DIGEST
  OUTPUT_STRIP_TRAILING_WHITESPACE)
if(FAILED)
  message(FATAL_ERROR "ADIABIT_KEYS is the header of the keys that the firmware is to trust")
endif()
configure_file(${KEYS_FILE} ${CMAKE_BINARY_DIR}/signature/trusted_keys.h COPYONLY)

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
  COMMAND ${CMAKE_COMMAND} -E echo "${ADIABIT_BOARD} runs only what the keys of ${KEYS_FILE} (${KEYS_DIGEST}) have signed"
  VERBATIM)
