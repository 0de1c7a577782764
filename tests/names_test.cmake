# Every test name must select exactly its own test: ctest's discovery splits names at ';' and cannot hold '[' or ']',
# doctest's filter takes '*' and '?' as wildcards and '\' as an escape, and two tests of one name are one test in ctest.
#   cmake -D program=retrograd_tests -P names_test.cmake
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${program} --list-test-cases --no-colors=true OUTPUT_VARIABLE listing COMMAND_ERROR_IS_FATAL ANY)
string(FIND "${listing}" "===\n" start)
math(EXPR start "${start} + 4")
string(SUBSTRING "${listing}" ${start} -1 names)
string(REGEX REPLACE "\n===.*" "" names "${names}")
if(names MATCHES "[^\n]*[][;*?\\][^\n]*")
  message(FATAL_ERROR "a test name holds one of ; [ ] * ? \\ : ${CMAKE_MATCH_0}")
endif()
string(REPLACE "\n" ";" names "${names}")
list(LENGTH names total)
list(REMOVE_DUPLICATES names)
list(LENGTH names distinct)
if(total LESS 1 OR NOT total EQUAL distinct)
  message(FATAL_ERROR "expected distinct test names, found ${total} names of which ${distinct} are distinct")
endif()
message(STATUS "${total} distinct test names")
