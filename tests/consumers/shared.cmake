# Of the shared library that fetched.cmake built: what it shows, and programs that find it installed elsewhere.
#   cmake -D work= -D here= -D generator= -D compiler= -D source= -D tests=<folder of objects> -P shared.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

# Shown are names of namespace retrograd and their type information, and nothing of Highway's targets in it, whose
# library is not needed.
file(GLOB_RECURSE library ${work}/build/libretrograd.so.*.*.*)
run(${here}/../instructions/highway_test ${library} ${library})
run(nm -D --defined-only -P ${library})
string(REGEX MATCHALL "[^\n]+" lines "${said}")
set(shown "")
foreach(line IN LISTS lines)
  string(REGEX REPLACE " .*" "" name "${line}")
  list(APPEND shown ${name})
  if(NOT name MATCHES "^_Z(N|NK|TIN|TSN|TVN)9retrograd" OR name MATCHES "9retrograd[0-9]+N_" OR name MATCHES "_GLOBAL__N_1")
    message(FATAL_ERROR "the shared library shows ${name}")
  endif()
endforeach()

# All that our tests use of the library (and a test of theirs sees to it that this is all public functions) is shown.
file(GLOB_RECURSE objects ${tests}/CMakeFiles/*.o)
set(ours "_Z(N|NK|TIN|TSN|TVN)9retrograd[^ \n]*")
run(nm -u -P ${objects})
string(REGEX MATCHALL ${ours} used "${said}")
run(nm --defined-only -P ${objects})
string(REGEX MATCHALL ${ours} their_own "${said}")
list(REMOVE_DUPLICATES used)
list(REMOVE_ITEM used ${their_own})
list(LENGTH used count)
list(REMOVE_ITEM used ${shown})
if(count LESS 300 OR used)
  list(JOIN used "\n  " used)
  message(FATAL_ERROR "of ${count} names that the tests use the shared library does not show\n  ${used}")
endif()

file(REMOVE_RECURSE ${work}/before ${work}/prefix)
run(${CMAKE_COMMAND} --install ${work}/build --prefix ${work}/before)
file(RENAME ${work}/before ${work}/prefix)
check_relocatable(${work}/prefix ${work}/build ${source} ${work}/before)
run(${CMAKE_COMMAND} -S ${here}/installed -B ${work}/installed -G ${generator} -D CMAKE_CXX_COMPILER=${compiler}
    -D hostile=${work}/hostile -D CMAKE_PREFIX_PATH=${work}/prefix -D version=${version}
    -D "sources=${here}/programs/xor.cpp|${here}/programs/borders.cpp")
run(${CMAKE_COMMAND} --build ${work}/installed)
run(${work}/installed/programs_xor)
run(${work}/installed/programs_borders)

# A variable of the library's that a program defined for itself would be another one where symbols are hidden.
file(GLOB_RECURSE object ${work}/installed/*/borders.cpp.o)
run(nm -C --defined-only ${object})
string(REGEX MATCH "[^\n]* [bBdDu] retrograd::[^\n]*" own "${said}")
if(own)
  message(FATAL_ERROR "a program has a variable of the library's for its own: ${own}")
endif()
