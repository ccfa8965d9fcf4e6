# How the checks here read the tree at ROOT and say what they found.
set(offences "")

# offence(text): one line of what is wrong.
macro(offence text)
  set_property(GLOBAL APPEND_STRING PROPERTY offences "  ${text}\n")
endmacro()

# report(): fails with every offence, if there is one.
function(report)
  get_property(offences GLOBAL PROPERTY offences)
  if(offences)
    message(FATAL_ERROR "\n${offences}")
  endif()
endfunction()

# sources_in(variable extension ... FOLDERS folder ...): paths from ROOT.
function(sources_in variable)
  cmake_parse_arguments(arg "" "" "FOLDERS" ${ARGN})
  set(found "")
  foreach(folder IN LISTS arg_FOLDERS)
    foreach(extension IN LISTS arg_UNPARSED_ARGUMENTS)
      file(GLOB_RECURSE some RELATIVE ${ROOT} ${ROOT}/${folder}/*.${extension})
      list(APPEND found ${some})
    endforeach()
  endforeach()
  set(${variable} "${found}" PARENT_SCOPE)
endfunction()

# lines_of(path variable): a list of its lines. What CMake's lists would trip over is replaced:
# brackets by parentheses, a semicolon by a comma, a backslash by a slash.
function(lines_of path variable)
  file(READ ${ROOT}/${path} text)
  string(REPLACE "[" "(" text "${text}")
  string(REPLACE "]" ")" text "${text}")
  string(REPLACE ";" "," text "${text}")
  string(REPLACE "\\" "/" text "${text}")
  string(REPLACE "\n" ";" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()
