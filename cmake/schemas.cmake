# holdfast_schema(stock Stock): what flatc makes of schemas/stock.fbs, and the list of its messages,
# in build/<preset>/schemas. Without a context (record.fbs) there is no list. All of them are the
# target holdfast_schemas. Included schemas are found by their include lines.
find_program(FLATC flatc REQUIRED)
add_library(holdfast_schemas INTERFACE)
add_custom_target(holdfast_schemas_made)
add_dependencies(holdfast_schemas holdfast_schemas_made)
target_include_directories(holdfast_schemas SYSTEM INTERFACE ${PROJECT_BINARY_DIR}/schemas)
target_link_libraries(holdfast_schemas INTERFACE flatbuffers)
# Its own asserts are for dev and the sanitizers: bytes from outside are verified before they are read.
target_compile_options(holdfast_schemas INTERFACE
  "$<$<CONFIG:RelWithDebInfo>:-DFLATBUFFERS_ASSERT(condition)=((void)0)>")

function(holdfast_schema name)
  set(to ${PROJECT_BINARY_DIR}/schemas)
  set(from ${PROJECT_SOURCE_DIR}/schemas)
  set(script ${PROJECT_SOURCE_DIR}/cmake/tables.cmake)
  set(made ${to}/${name}_generated.h)
  set(needs ${from}/${name}.fbs)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${needs})
  file(STRINGS ${needs} includes REGEX "^include \"")
  list(TRANSFORM includes REPLACE "^include \"([^\"]+)\".*" "${from}/\\1")
  if(ARGC GREATER 1)
    list(APPEND made ${to}/${name}_tables.h)
    set(tables COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DCONTEXT=${ARGV1} -DFROM=${from} -DTO=${to}
      -P ${script})
  endif()
  add_custom_command(
    OUTPUT ${made}
    COMMAND ${FLATC} --cpp --cpp-std c++17 --scoped-enums --cpp-static-reflection -o ${to} ${needs}
    ${tables}
    DEPENDS ${needs} ${includes} ${script}
    COMMENT "schema ${name}")
  add_custom_target(holdfast_schema_${name} DEPENDS ${made})
  add_dependencies(holdfast_schemas_made holdfast_schema_${name})
endfunction()
