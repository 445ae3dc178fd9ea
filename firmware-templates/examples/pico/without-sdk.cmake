# What the Pico SDK does otherwise: the compiler and its flags, start-up code, and a UF2 file.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_ASM_COMPILER arm-none-eabi-gcc)
add_compile_options(-mcpu=cortex-m0plus -mthumb -O2 -ffreestanding -ffunction-sections -fdata-sections -fno-common
                    -fno-tree-loop-distribute-patterns)
include_directories(${ADIABIT}/ports/freestanding)

function(finish_without_sdk program)
  set(PORTS ${ADIABIT}/ports)
  target_sources(${program} PRIVATE ${PORTS}/rp2040/rp2040_boot_block.c ${PORTS}/rp2040/rp2040_clocks.c ${PORTS}/rp2040/rp2040_startup.c
       ${PORTS}/rp2040/rp2040_uart.c ${PORTS}/rp2040/rp2040_usb.c ${PORTS}/cortex-m/systick/systick_counter.c ${PORTS}/common/placement.c
       ${PORTS}/freestanding/memory.c)
  target_include_directories(${program} PRIVATE ${PORTS}/rp2040 ${PORTS}/cortex-m ${PORTS}/cortex-m/systick
                             ${PORTS}/common)
  get_directory_property(WARNINGS DIRECTORY ${ADIABIT} DEFINITION WARNINGS)
  target_compile_options(${program} PRIVATE ${WARNINGS})
  set_target_properties(${program} PROPERTIES SUFFIX .elf)
  target_link_options(${program} PRIVATE -mcpu=cortex-m0plus -mthumb -nostdlib -nostartfiles -Wl,--gc-sections
                      -Wl,--build-id=none -Wl,--fatal-warnings -Wl,--no-warn-rwx-segments -T ${PORTS}/rp2040/link.ld
                      -L${ADIABIT})
  target_link_libraries(${program} gcc)
  set(IMAGE ${CMAKE_CURRENT_BINARY_DIR}/${program})
  add_custom_command(TARGET ${program} POST_BUILD
    COMMAND arm-none-eabi-objcopy -O binary ${IMAGE}.elf ${IMAGE}.bin
    COMMAND sh ${ADIABIT}/scripts/uf2.sh 0x10000000 0xE48BFF56 <${IMAGE}.bin >${IMAGE}.uf2)
endfunction()
