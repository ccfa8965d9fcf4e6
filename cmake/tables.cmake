# The list that ties the variants of a context to the tables of its unions, <name>_tables.h.
# Run as a script: cmake -DNAME=stock -DCONTEXT=Stock -DFROM=schemas -DTO=build/schemas -P tables.cmake
cmake_minimum_required(VERSION 3.25)
file(READ ${FROM}/${NAME}.fbs text)
string(REGEX REPLACE "//[^\n]*" "" text "${text}")
set(lists "")
foreach(union Command Event)
  if(NOT text MATCHES "union ${union}[ \n]*{([^}]*)}")
    message(FATAL_ERROR "${NAME}.fbs has no union ${union}")
  endif()
  string(REGEX REPLACE "[ \t\n]" "" members "${CMAKE_MATCH_1}")
  string(REGEX REPLACE ",$" "" members "${members}")
  string(REGEX REPLACE "([A-Za-z0-9_]+)" "fb::${NAME}::\\1" members "${members}")
  string(REPLACE "," ",\n                            " members "${members}")
  string(APPEND lists "template <> struct TablesOf<${NAME}::${union}> {
    using type = std::tuple<${members}>;
};
")
endforeach()
file(WRITE ${TO}/${NAME}_tables.h "// Made from ${NAME}.fbs by cmake/tables.cmake.
#pragma once
#include <tuple>
#include \"engine/domain/contexts.h\"
#include \"engine/wire/codec.h\"
#include \"${NAME}_generated.h\"
namespace holdfast::wire {
${lists}template <> struct RecordsOf<${CONTEXT}> {
    using Command = fb::${NAME}::CommandRecord;
    using Decision = fb::${NAME}::DecisionRecord;
};
}  // namespace holdfast::wire
")
