# Targets: a folder is a library, a program or a set of tests, and its link line is the architecture.
# Sources are listed by hand, relative to the folder; libraries of ours are linked as holdfast_<name>.

# The standard, the warnings, and asserts: those stay on in what ships, whatever the build type says.
function(holdfast_compile target)
  target_compile_features(${target} PRIVATE cxx_std_23)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE -UNDEBUG -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    -Wno-maybe-uninitialized  # GCC 12 sees an expected's value where there is only its error,
    -Wno-restrict             # and, at -O3, a string that might overlap itself,
    -Wno-stringop-overflow)   # and a fill of fmt's that is too long
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
endfunction()

# holdfast_library(name [SOURCES ...] [LINKS ...]): target holdfast_<name>; without sources, headers.
function(holdfast_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  set(target holdfast_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    holdfast_compile(${target})
    target_compile_features(${target} PUBLIC cxx_std_23)
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${target} PUBLIC ${arg_LINKS})
  else()
    add_library(${target} INTERFACE)
    target_compile_features(${target} INTERFACE cxx_std_23)
    target_include_directories(${target} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${target} INTERFACE ${arg_LINKS})
  endif()
endfunction()

# holdfast_program(name SOURCES ... [LINKS ...]): build/<preset>/bin/<name>; `programs` is all of them.
add_custom_target(programs)
function(holdfast_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  holdfast_compile(${name})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} Threads::Threads)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  add_dependencies(programs ${name})
endfunction()

# holdfast_allocate(name): the program allocates by jemalloc: several threads make and free small
# things, and what one of them frees serves the others. A sanitizer brings an allocator of its own.
function(holdfast_allocate name)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    return()
  endif()
  find_library(HOLDFAST_JEMALLOC jemalloc REQUIRED)
  target_link_libraries(${name} PRIVATE ${HOLDFAST_JEMALLOC})
endfunction()

# holdfast_test(label name SOURCES ... [LINKS ...] [TIMEOUT seconds] [SERIAL]): the test
# <label>.<name>, one GoogleTest program; a process for each of its cases would take longer than the
# cases.
function(holdfast_test label name)
  cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
  set(target test_${label}_${name})
  add_executable(${target} ${arg_SOURCES})
  holdfast_compile(${target})
  target_link_libraries(${target} PRIVATE ${arg_LINKS} GTest::gmock GTest::gtest_main)
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests OUTPUT_NAME ${label}_${name})
  set(serial "")
  if(arg_SERIAL)
    set(serial SERIAL)
  endif()
  holdfast_check(${label} ${name} COMMAND ${target} TIMEOUT ${arg_TIMEOUT} ${serial})
endfunction()

# holdfast_check(label name COMMAND ... [TIMEOUT seconds] [SERIAL]): the test <label>.<name> that is
# any command, a program of ours or a script. SERIAL: nothing runs beside it, because it measures or
# takes the whole machine.
function(holdfast_check label name)
  cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "COMMAND" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 180)
  endif()
  add_test(NAME ${label}.${name} COMMAND ${arg_COMMAND} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${label}.${name} PROPERTIES
    LABELS ${label} TIMEOUT ${arg_TIMEOUT} RUN_SERIAL ${arg_SERIAL})
endfunction()
