# What the tree may not say: cmake -DROOT=<source> -P words.cmake
# No unfinished work, and nothing that fetches from a host: packages come by name, from the archive,
# or from Python's index in the one script that lists them.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/reading.cmake)

string(CONCAT unfinished "TO" "DO|FIX" "ME|XX" "X|HA" "CK")
string(CONCAT fetching "Fetch" "Content|External" "Project|file\\(DOWN" "LOAD|wg" "et |pip3? ins"
  "tall|npm ins" "tall|git cl" "one +http")
string(CONCAT by_name "-m pip ins" "tall --quiet --disable-pip-version-check \\$wanted")
set(hosts "https?://[a-z0-9]")
set(loopback "https?://(127\\.0\\.0\\.1|localhost)")

sources_in(sources h cc py sh fbs cmake txt md FOLDERS
  engine projections replay bench tests schemas cmake deploy docs)
set(recipes Makefile CMakeLists.txt CMakePresets.json .ci/run)
foreach(source IN LISTS recipes)
  if(EXISTS ${ROOT}/${source})
    list(APPEND sources ${source})
  endif()
endforeach()

foreach(source IN LISTS sources)
  file(READ ${ROOT}/${source} text)
  if(text MATCHES "(^|[^A-Za-z])(${unfinished})([^A-Za-z]|$)")
    offence("${source}: says ${CMAKE_MATCH_2}")
  endif()
  if(source STREQUAL "deploy/packages.sh")
    string(REGEX REPLACE "${by_name}" "" text "${text}")
  endif()
  if(text MATCHES "(${fetching})")
    offence("${source}: fetches, by ${CMAKE_MATCH_1}")
  endif()
  if(source MATCHES "^(Makefile|CMake|cmake/|deploy/|\\.ci/)|\\.(cmake|sh)$|CMakeLists\\.txt$")
    string(REGEX REPLACE "${loopback}" "" text "${text}")
    if(text MATCHES "(${hosts}[^ \n\"']*)")
      offence("${source}: names the host ${CMAKE_MATCH_1}")
    endif()
  endif()
endforeach()
report()
