# Who may include whom, as a test: cmake -DROOT=<source> -P layers.cmake
# A row is a folder (or a file) and either what it may include, `folder=these`, or what it may not,
# `folder!these`: a regular expression on the path in the include. The standard library always; but
# the domain is pure, and in the runtime what decides owns no thread, lock or timer.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/reading.cmake)

set(generated "[a-z_]+_(generated|tables)\\.h$")
set(core "engine/(domain|ports|wire)/")
set(posix "(fcntl|unistd|dirent|poll)\\.h|sys/")
set(logging "spdlog/|fmt/")
set(rows
  "engine/domain=engine/domain/"
  "engine/ports=engine/ports/"
  "engine/wire=${core}|boost/container/|flatbuffers/|simdjson\\.h|openssl/|${generated}"
  "engine/runtime=engine/runtime/|${core}|boost/unordered/|${logging}"
  "engine/adapters/segments=engine/adapters/segments/|${core}|${posix}|${logging}"
  "engine/adapters/rocksdb=engine/adapters/rocksdb/|${core}|rocksdb/|${logging}"
  "engine/adapters/sodium=engine/adapters/sodium/|${core}|sodium\\.h|${posix}|${logging}"
  "engine/adapters/sandbox=engine/adapters/sandbox/|${core}|${logging}"
  "engine/adapters/system=engine/adapters/system/|${core}|${logging}"
  "engine/adapters/mapped=engine/adapters/mapped/|${core}|${posix}|${logging}"
  "engine/adapters/kafka=engine/adapters/kafka/|${core}|librdkafka/|${logging}"
  "engine/adapters/web=engine/adapters/web/|${core}|boost/|openssl/|${logging}"
  "engine/adapters/simulated=engine/adapters/simulated/|${core}|${logging}"
  "engine/http=engine/(http|runtime)/|projections/|${core}|boost/|openssl/|jwt/|nlohmann/|prometheus/|${logging}"
  "projections=projections/|${core}|${generated}"
  "engine/main.cc!bench/|tests/|replay/"
  "engine/opening.h!bench/|tests/|replay/"
  "engine/opening.cc!bench/|tests/|replay/"
  "replay!engine/http/|bench/|tests/"
  "tests!bench/"
)
# Other files of engine/ itself are main's; only main and opening name an adapter.
set(beside_main "engine/[a-z_]+\\.(h|cc)$")
set(standard "^<[a-z0-9_]+>$")
set(impure "::now *\\(|rand(om)?[>(_]|std::hash|unordered_|[^a-z_](float|double)[^a-z_]|getenv|<(thread|mutex|atomic|chrono|iostream|fstream|ctime|cstdio|filesystem|condition_variable|future|cmath)>")

function(row_of source found)
  foreach(row IN LISTS rows)
    string(REGEX MATCH "^([^=!]+)[=!](.*)$" _ "${row}")
    if("${source}/" MATCHES "^${CMAKE_MATCH_1}/")
      set(${found} "${row}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  if(source MATCHES "^${beside_main}")
    set(${found} "engine!engine/adapters/|bench/|tests/|replay/" PARENT_SCOPE)
  else()
    set(${found} "" PARENT_SCOPE)
  endif()
endfunction()

function(check_line source row line)
  if(line MATCHES "^ *# *include *([\"<]([^\">]+)[\">])")
    set(header ${CMAKE_MATCH_2})
    if(CMAKE_MATCH_1 MATCHES "${standard}")
      set(allowed TRUE)
    elseif(row MATCHES "^[^=!]+!(.*)$")
      set(allowed TRUE)
      if(header MATCHES "^(${CMAKE_MATCH_1})")
        set(allowed FALSE)
      endif()
    else()
      string(REGEX REPLACE "^[^=]+=" "" these "${row}")
      set(allowed FALSE)
      if(header MATCHES "^(${these})")
        set(allowed TRUE)
      endif()
    endif()
    if(NOT allowed)
      offence("${source}: may not include ${header}")
    endif()
  endif()
  if(source MATCHES "^engine/runtime/" AND NOT source MATCHES "/threads\\.(h|cc)$"
     AND line MATCHES "<thread>|std::j?thread|pthread_create|std::async")
    offence("${source}: only engine/runtime/threads.cc starts threads, not ${line}")
  endif()
  if(source MATCHES "^engine/runtime/(processor|machine)"
     AND line MATCHES "<(mutex|condition_variable|shared_mutex|chrono)>|std::mutex")
    offence("${source}: what decides owns no lock and no timer, not ${line}")
  endif()
  if(source MATCHES "^engine/domain/" AND " ${line} " MATCHES "${impure}")
    offence("${source}: the domain is pure, not ${line}")
  endif()
endfunction()

sources_in(sources h cc FOLDERS engine projections replay tests)
foreach(source IN LISTS sources)
  row_of(${source} row)
  if(NOT row)
    offence("${source}: its folder has no row in layers.cmake")
    continue()
  endif()
  lines_of(${source} lines)
  foreach(line IN LISTS lines)
    if(line MATCHES "#|[a-z]")
      string(REGEX REPLACE "//.*" "" line "${line}")
      check_line(${source} "${row}" "${line}")
    endif()
  endforeach()
endforeach()
report()
