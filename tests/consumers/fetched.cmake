# Builds Retrograd within strangers' projects. By FetchContent all of it, as a shared library, unoptimized and for one SIMD
# target, since what is tried is how it is built and not how fast it is; by add_subdirectory only a file of theirs, since
# the library would be the same.
#   cmake -D work= -D here= -D generator= -D compiler= -D source= -P fetched.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

write_hostile(${work}/hostile)
set(common -G ${generator} -D CMAKE_CXX_COMPILER=${compiler} -D retrograd_source=${source} -D hostile=${work}/hostile
    -D programs=${here}/programs)
run(${CMAKE_COMMAND} -S ${here}/added -B ${work}/added ${common})
run(${CMAKE_COMMAND} --build ${work}/added)
run(${CMAKE_COMMAND} -S ${here}/fetched -B ${work}/build ${common} -D "CMAKE_CXX_FLAGS=-O0 -DHWY_COMPILE_ONLY_STATIC"
    -D BUILD_SHARED_LIBS=ON -D RETROGRAD_INSTALL=ON -D RETROGRAD_PACKAGE=ON)
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/xor)
