# Installs the library, moves it elsewhere, and builds programs against it as strangers would: by find_package the given
# ones and ours, and one that trains by pkg-config, also with clang++ where it is installed.
#   cmake -D build= -D work= -D here= -D sources=a.cpp|b.cpp -D generator= -D compiler= -D flags= -D source= -D version= -P installed.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

file(REMOVE_RECURSE ${work}/before ${work}/prefix)
run(${CMAKE_COMMAND} --install ${build} --prefix ${work}/before)
file(RENAME ${work}/before ${work}/prefix)
check_relocatable(${work}/prefix ${build} ${source} ${work}/before)
write_hostile(${work}/hostile)

run(${CMAKE_COMMAND} -S ${here}/installed -B ${work}/build -G ${generator} -D CMAKE_PREFIX_PATH=${work}/prefix
    -D CMAKE_CXX_COMPILER=${compiler} -D "CMAKE_CXX_FLAGS=${flags}"
    -D hostile=${work}/hostile -D version=${version} -D "sources=${sources}|${here}/programs/xor.cpp|${here}/programs/borders.cpp")
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/programs_xor)
run(${work}/build/programs_borders)

file(GLOB_RECURSE pc ${work}/prefix/*/retrograd.pc)
get_filename_component(pc_folder ${pc} DIRECTORY)
get_filename_component(lib_folder ${pc_folder} DIRECTORY)
set(ENV{PKG_CONFIG_PATH} ${pc_folder})
run(pkg-config --cflags --libs retrograd)
string(STRIP "${said}" options)
separate_arguments(options UNIX_COMMAND "${options}")
separate_arguments(flags UNIX_COMMAND "${flags}")
set(compilers ${compiler})
find_program(clang NAMES clang++-14 clang++)
if(NOT clang)
  message(STATUS "clang++ is not installed, so nothing is built with it")
elseif(NOT flags)  # a sanitizer's run-time library belongs to one compiler
  list(APPEND compilers ${clang})
endif()
foreach(each IN LISTS compilers)
  run(${each} -std=c++20 ${flags} -I${work}/hostile ${here}/programs/xor.cpp -o ${work}/by_pkg_config ${options} -Wl,-rpath,${lib_folder})
  run(${work}/by_pkg_config)
endforeach()

# Folders that are given as absolute paths stand in the pkg-config file as they are.
run(${CMAKE_COMMAND} -S ${source} -B ${work}/absolute -G ${generator} -D CMAKE_CXX_COMPILER=${compiler}
    -D RETROGRAD_BUILD_TESTS=OFF -D RETROGRAD_BUILD_EXPERIMENTS=OFF
    -D CMAKE_INSTALL_PREFIX=/some/prefix -D CMAKE_INSTALL_LIBDIR=/elsewhere/lib)
set(ENV{PKG_CONFIG_PATH} ${work}/absolute)
foreach(expected prefix=/some/prefix libdir=/elsewhere/lib includedir=/some/prefix/include)
  string(REGEX MATCH "^[a-z]+" variable ${expected})
  run(pkg-config --variable=${variable} retrograd)
  string(STRIP "${said}" said)
  if(NOT "${variable}=${said}" STREQUAL expected)
    message(FATAL_ERROR "retrograd.pc: expected ${expected}, found ${said}")
  endif()
endforeach()
