# Installs the library, moves it elsewhere, and builds the six scripts against it as a stranger would: by find_package,
# and once by pkg-config.
#   cmake -D build= -D work= -D here= -D scripts= -D generator= -D compiler= -D flags= -D source= -P installed.cmake
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT code EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${said}\nfailed (${code}): ${command}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${work}/before ${work}/prefix)
run(${CMAKE_COMMAND} --install ${build} --prefix ${work}/before)
file(RENAME ${work}/before ${work}/prefix)

file(GLOB_RECURSE written ${work}/prefix/*.cmake ${work}/prefix/*.pc ${work}/prefix/*.h)
foreach(file IN LISTS written)
  file(READ ${file} text)
  foreach(folder ${build} ${source} ${work}/before)
    string(FIND "${text}" "${folder}/" at)
    if(NOT at EQUAL -1)
      message(FATAL_ERROR "${file} names ${folder}, so the package can't be moved")
    endif()
  endforeach()
endforeach()

run(${CMAKE_COMMAND} -S ${here}/installed -B ${work}/build -G ${generator} -D CMAKE_PREFIX_PATH=${work}/prefix
    -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_CXX_FLAGS=${flags} -D scripts=${scripts})
run(${CMAKE_COMMAND} --build ${work}/build)

file(GLOB_RECURSE pc ${work}/prefix/*/retrograd.pc)
get_filename_component(pc_folder ${pc} DIRECTORY)
get_filename_component(lib_folder ${pc_folder} DIRECTORY)
set(ENV{PKG_CONFIG_PATH} ${pc_folder})
run(pkg-config --cflags --libs retrograd)
string(STRIP "${said}" options)
separate_arguments(options UNIX_COMMAND "${options}")
separate_arguments(flags UNIX_COMMAND "${flags}")
run(${compiler} -std=c++20 ${flags} ${scripts}/third_derivative.cpp -o ${work}/by_pkg_config ${options} -Wl,-rpath,${lib_folder})
run(${work}/by_pkg_config)
